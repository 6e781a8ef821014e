"""The page that a student gets back: nbgrader's own, opened by a table of what passed, what failed and why."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any, ClassVar

import nbformat
import nbgrader
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbformat import NotebookNode
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import temp_attrs
from traitlets.config import Config

from tinytorch.course.files import write_whole
from tinytorch.course.layout import Module

TEMPLATE = Path(__file__).parent / "templates" / "tinytorch_feedback"
WITHOUT_DESCRIPTION = re.compile(r"<img\b(?![^>]*\balt=)")
REMEMBERED = 2_000  # cells
NBGRADER_TEMPLATES = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"


@functools.lru_cache(REMEMBERED)  # most of a page is the same for the whole class
def _highlighted(source: str, language: str | None) -> str:
    return str(Highlight2HTML(pygments_lexer="ipython3")(source, language))


def _coloured(source: str, language: str | None = None, metadata: dict[str, Any] | None = None) -> str:
    """Return code as HTML."""
    return _highlighted(source, language)


class FeedbackExporter(HTMLExporter):  # type: ignore[misc]
    """Writes feedback pages by the template tinytorch_feedback; they load nothing from outside."""

    _prose: ClassVar[dict[str, str]] = {}

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
        super().__init__(config=config, **settings)

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **settings: Any
    ) -> tuple[str, dict[str, Any]]:
        """Write the page. HTMLExporter would parse it all once more to add what is added to pictures here."""
        resources = self._init_resources(resources)
        self.register_filter("highlight_code", _coloured)
        widgets = WidgetsDataTypeFilter(notebook_metadata=self._nb_metadata, parent=self, resources=resources)
        self.register_filter("filter_data_type", widgets)
        page, resources = TemplateExporter.from_notebook_node(self, nb, resources, **settings)
        return WITHOUT_DESCRIPTION.sub('<img alt="a picture that the notebook draws"', page), resources

    def get_ready(self, notebook: NotebookNode) -> None:
        """Turn a notebook's cells into HTML: what forks this process remembers them, and the templates."""
        for cell in notebook.cells:
            if "nbgrader" in cell.metadata:
                cell.metadata.nbgrader.score = 0
        with temp_attrs(self, _preprocessors=[]):  # those would ask the gradebook for a student
            self.from_notebook_node(notebook, {"nbgrader": {"score": 0, "max_score": 0, "late_penalty": 0}})

    def _preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Prepare the notebook, which nobody else holds: without the copies, and the checks after each step."""
        for preprocessor in self._preprocessors:
            nb, resources = preprocessor(nb, resources)
        return nb, resources

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Return prose as HTML, and remember it unless it brings pictures of its own."""
        if context.get("cell", {}).get("attachments"):
            return str(super().markdown2html(context, source))
        if source not in self._prose:
            if len(self._prose) > REMEMBERED:
                self._prose.clear()
            self._prose[source] = str(super().markdown2html(context, source))
        return self._prose[source]


def open_exporter(api: NbGraderAPI) -> FeedbackExporter:
    """Return what writes pages, set up as for `nbgrader generate_feedback`."""
    converter = GenerateFeedback(coursedir=api.coursedir, parent=api)
    exporter: FeedbackExporter = converter.exporter_class(parent=converter, config=converter.config)
    for preprocessor in converter.preprocessors:
        exporter.register_preprocessor(preprocessor)
    return exporter


class PageWriter:
    """Writes the feedback pages of one assignment, with one exporter for all of them."""

    def __init__(self, exporter: FeedbackExporter, coursedir: CourseDirectory, module: Module) -> None:
        self.exporter, self.coursedir, self.module = exporter, coursedir, module

    def write(self, student: str) -> None:
        """Write a student's page from what lies in autograded/ and in the gradebook."""
        assignment, name = self.module.assignment, self.module.name
        graded = self.coursedir.format_path(self.coursedir.autograded_directory, student, assignment)
        folder = self.coursedir.format_path(self.coursedir.feedback_directory, student, assignment)
        names = {"student": student, "assignment": assignment, "notebook": name, "db_url": self.coursedir.db_url}
        resources = {"unique_key": name, "output_files_dir": f"{name}_files", "nbgrader": names}
        graded_notebook = (Path(graded) / self.module.notebook_name).read_text(encoding="utf-8")
        page, _ = self.exporter.from_notebook_node(nbformat.v4.reads(graded_notebook), resources)
        write_whole(Path(folder) / f"{name}.html", page.encode("utf-8"))
