"""Keeping what a student wrote from being more than something to look at on a feedback page.

A feedback page is opened by the student and by whoever teaches, in a browser that is logged in to other places. So
displayed HTML keeps its words, tables, colours and embedded pictures, and nothing that runs, loads or sends something.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from bleach import ALLOWED_TAGS
from bleach.css_sanitizer import ALLOWED_CSS_PROPERTIES, ALLOWED_SVG_PROPERTIES, CSSSanitizer
from bleach.sanitizer import Cleaner
from nbformat import NotebookNode

# For the browser: what got past the rest is not run, and nothing is loaded
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
TAGS = {
    *ALLOWED_TAGS,
    *("p", "br", "hr", "div", "span", "pre", "del", "ins", "kbd", "mark", "s", "samp", "small", "sub", "sup", "u"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "dl", "dt", "dd", "details", "summary", "figure", "figcaption", "img"),
    *("table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td", "section", "input"),
}
EVERYWHERE = ("class", "id", "style", "title", "role", "aria-label", "aria-hidden", "lang", "dir")
OF_TAGS = {
    "a": ("href", "name"),
    "img": ("alt", "width", "height"),
    "details": ("open",),
    "input": ("checked", "disabled"),  # of a list of tasks
    "ol": ("start", "type"),
    "th": ("scope", "colspan", "rowspan", "align"),
    "td": ("colspan", "rowspan", "align"),
}
STYLES = {
    *ALLOWED_CSS_PROPERTIES,
    *("margin", "margin-top", "margin-right", "margin-bottom", "margin-left", "max-width", "min-width", "opacity"),
    *("padding", "padding-top", "padding-right", "padding-bottom", "padding-left", "border", "border-radius"),
    *("border-top", "border-right", "border-bottom", "border-left", "border-spacing", "max-height", "min-height"),
}
# Their content is no text to show; bleach would show it
WITH_CONTENT = re.compile(r"<(script|style|template|noscript|title)\b.*?(</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
MOST_TAGS = 4_000  # a table of 60 rows has a quarter of it; the time for nested ones grows with the square
TOO_MUCH = f"<p>[what was written or displayed here has more than {MOST_TAGS:,} tags, too many to show]</p>"
REMEMBERED = 2_000
NO_LETTERS = re.compile(r"[^A-Za-z0-9_-]")


def _is_allowed(tag: str, name: str, value: str) -> bool:
    """Whether a tag keeps an attribute. `data:` is for pictures, and for nothing that one could follow."""
    if name == "src":
        return tag == "img" and value.strip().lower().startswith("data:image/")
    if name == "href" and value.strip().lower().startswith("data:"):
        return False
    if (tag, name) == ("input", "type"):
        return value == "checkbox"
    return name in EVERYWHERE or name in OF_TAGS.get(tag, ())


@functools.cache
def _cleaner(strip: bool) -> Cleaner:
    styles = CSSSanitizer(allowed_css_properties=STYLES, allowed_svg_properties=ALLOWED_SVG_PROPERTIES)
    protocols = {"http", "https", "mailto", "data"}
    return Cleaner(tags=TAGS, attributes=_is_allowed, protocols=protocols, strip=strip, css_sanitizer=styles)


@functools.lru_cache(REMEMBERED)  # prose, and what the profiles display, are the same for a whole class
def clean_prose(html: str) -> str:
    """Return prose as HTML in which other tags than those of prose are text: `List<int>` and `<script>` can be read."""
    return _clean(html, strip=False)


@functools.lru_cache(REMEMBERED)
def _clean_output(html: str) -> str:
    return _clean(WITH_CONTENT.sub("", html), strip=True)


def _clean(html: str, *, strip: bool) -> str:
    return str(_cleaner(strip).clean(html)) if html.count("<") <= MOST_TAGS else TOO_MUCH


def clean_html(element: Any) -> str:
    """Return HTML that code displayed, without other tags: nbconvert's filter of this name, which allows no picture."""
    return _clean_output(element.decode() if isinstance(element, bytes) else str(element))


def drop_free_form(notebook: NotebookNode) -> None:
    """Remove what templates put on a page as it is: counts that are no numbers, and settings of cells and outputs."""
    for cell in notebook.cells:
        cell.id = NO_LETTERS.sub("", str(cell.get("id", "")))
        cell.metadata = NotebookNode({key: value for key, value in cell.metadata.items() if key == "nbgrader"})
        if "execution_count" in cell:
            cell.execution_count = _count(cell.execution_count)
        for output in cell.get("outputs", []):
            if "execution_count" in output:
                output.execution_count = _count(output.execution_count)
            if "metadata" in output:
                output.metadata = NotebookNode({kind: _sizes(value) for kind, value in output.metadata.items()})


def _count(value: Any) -> int | None:
    return value if type(value) is int else None


def _sizes(settings: Any) -> dict[str, int | float]:
    """Return the width and the height of a picture, if that is what an output's settings say."""
    if not isinstance(settings, dict):
        return {}
    return {key: settings[key] for key in ("width", "height") if type(settings.get(key)) in (int, float)}
