"""Cards that open, download or show a notebook: ``:::{launch} modules/05_dataloader/dataloader.ipynb``.

settings.ini says where the course is published (`tinytorch.course.authoring.links`). As long as it is not published,
the cards of Binder and of the source say so and have no link.
"""

from __future__ import annotations

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

UNPUBLISHED = "Not published yet: `settings.ini` names no owner."


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
    text = [
        "::::{grid} 1 1 3 3\n:gutter: 2\n:padding: 0\n:class-container: launch\n",
        _card("{fas}`rocket` Open in Binder", binder, repository and binder_url(repository, notebook)),
        _card(
            "{fas}`download` Download",
            f"`{name}`, as it is handed out: the text, your empty steps, the tests.",
            download,
        ),
        _card("{fas}`code` View the source", source, repository and source_url(repository, notebook)),
        "::::\n",
    ]
    if repository:
        colab, codespaces = colab_url(repository, notebook), codespaces_url(repository)
        text.append(f"Or open it in [Colab]({colab}), or the whole course in [Codespaces]({codespaces}).\n")
    return "\n".join(text)


def _card(title: str, text: str, link: str | None) -> str:
    """Write one card; a card without a link says why."""
    where = f":link: {link}\n" if link else ""
    return f":::{{grid-item-card}} {title}\n{where}\n{text if link else UNPUBLISHED}\n:::\n"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("launch", Launch)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
