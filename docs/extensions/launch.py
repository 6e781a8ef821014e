"""Cards that open, download or show a notebook: ``:::{launch} modules/05_dataloader/dataloader.ipynb``.

settings.ini says where the course is published (`tinytorch.course.authoring.links`). As long as it is not published,
there is the download alone, and the build says so.
"""

from __future__ import annotations

import sys
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri
from sphinx.util.typing import ExtensionMetadata

from tinytorch.course.authoring.links import (
    Repository,
    binder_url,
    codespaces_url,
    colab_url,
    published_repository,
    source_url,
)
from tinytorch.course.layout import Course

UNPUBLISHED = "warning: settings.ini names no owner (`user`), so no page has a link to Binder, Colab or the source"


class Launch(SphinxDirective):
    """``:::{launch} modules/05_dataloader/dataloader.ipynb`` where a page shows the cards of this notebook."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the cards."""
        course = Course.find(Path(self.env.srcdir))
        self.env.note_dependency(str(course.root / "settings.ini"))
        notebook = self.arguments[0]
        builder = self.env.app.builder
        download = relative_uri(builder.get_target_uri(self.env.docname), notebook.removeprefix("modules/"))
        return self.parse_text_to_nodes(cards(published_repository(course), notebook, download))


def cards(repository: Repository | None, notebook: str, download: str) -> str:
    """Write the cards of a notebook in MyST: Binder, the download, and its source; below them Colab and Codespaces."""
    name = notebook.rpartition("/")[2]
    binder = "JupyterLab in your browser, with nothing to install. The session is temporary: download your notebook."
    source = "The same notebook on GitHub, among all the others."
    here = f"`{name}`, as it is handed out: the text, your empty steps, the tests."
    cards = [_card("{fas}`download` Download", here, download)]
    if repository:
        cards.insert(0, _card("{fas}`rocket` Open in Binder", binder, binder_url(repository, notebook)))
        cards.append(_card("{fas}`code` View the source", source, source_url(repository, notebook)))
    grid = f"::::{{grid}} 1 1 {len(cards)} {len(cards)}\n:gutter: 2\n:padding: 0\n:class-container: launch\n"
    text = [grid, *cards, "::::\n"]
    if repository:
        colab, codespaces = colab_url(repository, notebook), codespaces_url(repository)
        text.append(f"Or open it in [Colab]({colab}), or the whole course in [Codespaces]({codespaces}).\n")
    return "\n".join(text)


def _card(title: str, text: str, link: str) -> str:
    """Write one card."""
    return f":::{{grid-item-card}} {title}\n:link: {link}\n\n{text}\n:::\n"


def warn_unpublished(app: Sphinx, error: Exception | None) -> None:
    """Tell whoever builds the site that links are missing; as a warning of Sphinx's, it would stop `make docs`."""
    if published_repository(Course.find(Path(app.srcdir))) is None:
        print(UNPUBLISHED, file=sys.stderr)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.connect("build-finished", warn_unpublished)
    app.add_directive("launch", Launch)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
