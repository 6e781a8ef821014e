"""Slides that are made from a page: what is written once appears on the page and in its deck.

On the page, ``:::{slide} Title`` does not change what it encloses. When the site is built, the enclosed parts of each
page become `<page>.slides.html` beside it, a reveal.js deck, and a PDF of it if Chromium is there to print one.
``:::{deck}`` shows that deck on the page.
"""

from __future__ import annotations

import html
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from bs4 import BeautifulSoup
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

PRINT_SECONDS = 120
logger = logging.getLogger(__name__)


class slide(nodes.General, nodes.Element):
    """A part of a page that is also a slide."""


class Slide(SphinxDirective):
    """``:::{slide} Title`` around a part of a page."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return the content as it is, in a node that remembers the slide's title."""
        return [slide("", *self.parse_content_to_nodes(), title=self.arguments[0])]


class deck(nodes.General, nodes.Element):
    """The deck of this page, shown on it."""


class Deck(SphinxDirective):
    """``:::{deck} What the frame is called`` where a page shows its own deck."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"class": directives.class_option}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Return a frame around the deck, under the name that a screen reader says."""
        return [deck("", title=self.arguments[0], page=Path(self.env.docname).name)]


def visit_slide(translator: nodes.NodeVisitor, node: slide) -> None:
    """Begin the part of the page."""
    translator.body.append(f'<div class="slide" data-title="{html.escape(node["title"])}">\n')


def depart_slide(translator: nodes.NodeVisitor, node: slide) -> None:
    """End the part of the page."""
    translator.body.append("</div>\n")


def visit_deck(translator: nodes.NodeVisitor, node: deck) -> None:
    """Show the deck in a frame of its own, which may fill the screen."""
    source, title = html.escape(node["page"]) + ".slides.html", html.escape(node["title"])
    translator.body.append(
        f'<iframe class="deck" src="{source}" title="{title}" allow="fullscreen"></iframe>\n'
        f'<p class="deck-note">Arrow keys or the buttons turn the slides. '
        f'<a class="reference" href="{source}">Open them in a page of their own</a>.</p>\n'
    )


def depart_deck(translator: nodes.NodeVisitor, node: deck) -> None:
    """Do nothing: everything was written at the start."""


def write_decks(app: Sphinx, error: Exception | None) -> None:
    """Write the deck of every page that has slides, and print it."""
    if error or app.builder.format != "html":
        return
    for docname in sorted(app.env.found_docs):
        page = Path(app.builder.get_outfilename(docname))
        slides = _slides_of(page) if page.is_file() else []
        if slides:
            _write_deck(app, docname, page, slides)


def _write_deck(app: Sphinx, docname: str, page: Path, slides: list[tuple[str, str]]) -> None:
    """Write one deck, and before it its PDF, which it links to if that could be made."""
    deck_page, pdf = (page.with_name(f"{page.stem}.slides.{kind}") for kind in ("html", "pdf"))
    context = {"slides": slides, "title": slides[0][0], "up": "../" * docname.count("/")}
    render = app.builder.templates.render
    deck_page.write_text(render("slides.html", {**context, "printing": True}), encoding="utf-8")
    printed = _print(deck_page, pdf)
    context["pdf"] = pdf.name if printed else ""
    deck_page.write_text(render("slides.html", context), encoding="utf-8")


def _slides_of(page: Path) -> list[tuple[str, str]]:
    """Return the title and the content of each slide of a page, without what only a page needs."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    found = []
    for part in soup.select("div.slide"):
        for superfluous in part.select(".headerlink, .caption-number, details"):
            superfluous.decompose()
        for element in part.find_all(id=True):
            del element["id"]
        found.append((part["data-title"], part.decode_contents()))
    return found


def _print(page: Path, pdf: Path) -> bool:
    """Print a deck with one slide per page. Return False, and leave no file, if there is no Chromium that can."""
    pdf.unlink(missing_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        logger.info("there is no Chromium to print the slides, so they have no PDF")
        return False
    with tempfile.TemporaryDirectory() as profile:
        command = [
            *(chromium, "--headless", "--disable-gpu", "--no-first-run", f"--user-data-dir={profile}"),
            *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
            *("--no-pdf-header-footer", f"--print-to-pdf={pdf}", page.resolve().as_uri()),
        ]
        try:
            subprocess.run(command, capture_output=True, timeout=PRINT_SECONDS, check=True)
        except (subprocess.SubprocessError, OSError) as error:
            logger.info("Chromium could not print the slides, so they have no PDF: %s", error)
            pdf.unlink(missing_ok=True)
    return pdf.is_file()


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directives and what is done when the pages are written."""
    app.add_node(slide, html=(visit_slide, depart_slide))
    app.add_node(deck, html=(visit_deck, depart_deck))
    app.add_directive("slide", Slide)
    app.add_directive("deck", Deck)
    app.connect("build-finished", write_decks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
