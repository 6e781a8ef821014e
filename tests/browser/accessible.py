"""axe-core on a page: nothing in it shuts out who reads by ear, by keyboard or without telling colours apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FAILING = ("serious", "critical")
STANDS_INSIDE = "([target, outer]) => !!document.querySelector(target)?.closest(outer)"


@dataclass(frozen=True)
class Known:
    """A violation in a page that is not the course's: one rule of axe-core's, inside one kind of element."""

    rule: str  # of axe-core's rules
    inside: str  # a CSS selector; the violation stands in such an element, or is one
    reason: str


def assert_accessible(page, known: Sequence[Known] = ()) -> None:
    """Fail with every serious or critical violation on a page and in its frames, but for those that are `known`."""
    found = [line for frame in page.frames if not frame.is_detached() for line in _violations(frame, known)]
    assert not found, f"{page.url} has {len(found)} serious violations:\n" + "\n".join(found)


def _violations(frame, known: Sequence[Known]) -> list[str]:
    if not frame.url.startswith(("http", "file")):
        return []
    frame.evaluate(_axe_core())
    # each frame is asked on its own, so axe-core need not talk to itself across them
    result = frame.evaluate("axe.run(document, {resultTypes: ['violations'], iframes: false})")
    lines = []
    for violation in result["violations"]:
        if violation["impact"] not in FAILING:
            continue
        inside = [each.inside for each in known if each.rule == violation["id"]]
        for node in violation["nodes"]:
            target = node["target"][-1]
            if isinstance(target, str) and any(frame.evaluate(STANDS_INSIDE, [target, outer]) for outer in inside):
                continue
            lines.append(f"{violation['id']} ({violation['impact']}): {target}: {node['html'][:160]}")
    return lines


@cache
def _axe_core() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
