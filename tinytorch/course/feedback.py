"""The page that a student gets back: nbgrader's own, opened by a table of what passed, what failed and why."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbgrader
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbformat import NotebookNode
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import GenerateFeedback
from traitlets.config import Config

from tinytorch.course.files import write_whole
from tinytorch.course.layout import Module

TEMPLATE = Path(__file__).parent / "templates" / "tinytorch_feedback"
WITHOUT_DESCRIPTION = re.compile(r"<img\b(?![^>]*\balt=)")
REMEMBERED = 2_000  # cells
NBGRADER_TEMPLATES = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"


class FeedbackExporter(HTMLExporter):  # type: ignore[misc]
    """Writes feedback pages by the template tinytorch_feedback; they load nothing from outside."""

    def __init__(self, config: Config | None = None, **settings: Any) -> None:
        config = Config(config or {})
        # nbgrader names its own template for HTMLExporter; what is said for this class goes before that
        config.FeedbackExporter.template_name = TEMPLATE.name
        config.FeedbackExporter.extra_template_basedirs = [str(TEMPLATE.parent), str(NBGRADER_TEMPLATES)]
        # where the template finds nbgrader's by name, beside the style sheet that nbgrader adds
        config.FeedbackExporter.extra_template_paths = [
            *config.HTMLExporter.get("extra_template_paths", []),
            str(NBGRADER_TEMPLATES),
        ]
        self._prose: dict[str, str] = {}
        super().__init__(config=config, **settings)

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **settings: Any
    ) -> tuple[str, dict[str, Any]]:
        """Write the page. HTMLExporter would parse it all once more to add what is added to pictures here."""
        language = nb.metadata.get("language_info", {})
        lexer = language.get("pygments_lexer", language.get("name"))
        resources = self._init_resources(resources)
        self.register_filter("highlight_code", self._highlighter(lexer))
        widgets = WidgetsDataTypeFilter(notebook_metadata=self._nb_metadata, parent=self, resources=resources)
        self.register_filter("filter_data_type", widgets)
        page, resources = TemplateExporter.from_notebook_node(self, nb, resources, **settings)
        return WITHOUT_DESCRIPTION.sub('<img alt="a picture that the notebook draws"', page), resources

    @functools.cache  # noqa: B019 - an exporter lives as long as its process
    def _highlighter(self, lexer: str | None) -> Callable[..., str]:
        """Give what colours code, and remembers: most of a page is the same for the whole class."""
        highlight = functools.lru_cache(REMEMBERED)(Highlight2HTML(pygments_lexer=lexer, parent=self))

        def coloured(source: str, language: str | None = None, metadata: dict[str, Any] | None = None) -> str:
            return str(highlight(source, language))

        return coloured

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Give prose as HTML, and remember it unless it brings pictures of its own."""
        if context.get("cell", {}).get("attachments"):
            return str(super().markdown2html(context, source))
        if source not in self._prose:
            if len(self._prose) > REMEMBERED:
                self._prose.clear()
            self._prose[source] = str(super().markdown2html(context, source))
        return self._prose[source]


class PageWriter:
    """Writes feedback pages as `nbgrader generate_feedback` does, with one exporter for all of them."""

    def __init__(self, api: NbGraderAPI, module: Module) -> None:
        converter = GenerateFeedback(coursedir=api.coursedir, parent=api)
        self.coursedir, self.module = api.coursedir, module
        self.exporter = converter.exporter_class(parent=converter, config=converter.config)
        for preprocessor in converter.preprocessors:
            self.exporter.register_preprocessor(preprocessor)

    def write(self, student: str) -> None:
        """Write a student's page from what lies in autograded/ and in the gradebook."""
        assignment, name = self.module.assignment, self.module.name
        graded = self.coursedir.format_path(self.coursedir.autograded_directory, student, assignment)
        folder = self.coursedir.format_path(self.coursedir.feedback_directory, student, assignment)
        names = {"student": student, "assignment": assignment, "notebook": name, "db_url": self.coursedir.db_url}
        resources = {"unique_key": name, "output_files_dir": f"{name}_files", "nbgrader": names}
        page, _ = self.exporter.from_filename(str(Path(graded) / self.module.notebook_name), resources=resources)
        write_whole(Path(folder) / f"{name}.html", page.encode("utf-8"))
