"""axe-core on a page: nothing in it shuts out who reads by ear, by keyboard or without telling colours apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# Gives a line for each serious or critical violation in one document that stands outside what is known.
# Each frame is asked on its own, so axe-core need not talk to itself across them.
FIND = """async known => {
  // what is known of a whole page need not be looked for: with colours of code that takes a minute
  const rules = known.filter(each => each.inside === 'html').map(each => [each.rule, {enabled: false}]);
  const options = {resultTypes: ['violations'], iframes: false, rules: Object.fromEntries(rules)};
  const result = await axe.run(document, options);
  const lines = [];
  for (const violation of result.violations) {
    if (!['serious', 'critical'].includes(violation.impact)) continue;
    const places = known.filter(each => each.rule === violation.id).map(each => each.inside);
    for (const node of violation.nodes) {
      const element = document.querySelector(node.target.at(-1));
      if (places.some(place => element?.closest(place))) continue;
      lines.push(`${violation.id} (${violation.impact}): ${node.target.at(-1)}: ${node.html.slice(0, 160)}`);
    }
  }
  return lines;
}"""
MOST_LINES = 40  # of a message


@dataclass(frozen=True)
class Known:
    """A violation in a page that is not the course's: one rule of axe-core's, inside one kind of element."""

    rule: str  # of axe-core's rules
    inside: str  # a CSS selector; the violation stands in such an element, or is one
    reason: str


def assert_accessible(page, known: Sequence[Known] = ()) -> None:
    """Fail with every serious or critical violation on a page and in its frames, but for those that are `known`."""
    found = [line for frame in page.frames if not frame.is_detached() for line in _violations(frame, known)]
    assert not found, f"{page.url} has {len(found)} serious violations:\n" + "\n".join(found[:MOST_LINES])


def _violations(frame, known: Sequence[Known]) -> list[str]:
    if not frame.url.startswith(("http", "file")):
        return []
    frame.evaluate(_axe_core())
    return frame.evaluate(FIND, [vars(each) for each in known])


@cache
def _axe_core() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
