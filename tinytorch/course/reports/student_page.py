"""The feedback page of a student: at the top what passed, what failed and why; below it what was judged.

A page is one file without scripts that loads nothing. It looks like nbgrader's own, at a tenth of the bytes.
"""

from __future__ import annotations

import functools
import html
import re
from itertools import groupby
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from ipython_pygments_lexers import IPython3Lexer
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import ansi2html
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbformat import NotebookNode
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import GenerateFeedback
from nbgrader.utils import temp_attrs
from pygments.token import Token
from traitlets.config import Config

from tinytorch.course.files import write_whole
from tinytorch.course.gradebook.fast_rows import PageGrades
from tinytorch.course.gradebook.student_files import StudentFiles
from tinytorch.course.kept import compiled_templates, made_once
from tinytorch.course.notebook import role_of
from tinytorch.course.reports.sanitize import POLICY, clean_html, clean_prose, drop_free_form

TEMPLATE = Path(__file__).parent / "templates" / "tinytorch_feedback"
WITHOUT_DESCRIPTION = re.compile(r"<img\b(?![^>]*\balt=)")
COLOURED = re.compile(r'<span class="([^"]*)"[^>]*>')
REMEMBERED_CELLS = 2_000


# The kinds of words that have a colour on the page, by pygments' names for them; a part of a kind has its kind's
COLOURS = {
    Token.Comment: "c",
    Token.Keyword: "k",
    Token.Operator.Word: "o",
    Token.Literal.String: "s",
    Token.Literal.String.Escape: "e",
    Token.Literal.Number: "m",
    Token.Name.Builtin: "b",
    Token.Name.Decorator: "o",
    Token.Name.Function: "f",
    Token.Name.Class: "n",
    Token.Name.Namespace: "n",
    Token.Name.Exception: "x",
}


@functools.cache
def _colour(kind: Any) -> str:
    """Return the class of a kind of word, empty if it has no colour."""
    return COLOURS.get(kind) or ("" if kind.parent is None else _colour(kind.parent))


@functools.cache  # it compiles its rules, and a run in which nothing is new needs none
def _lexer() -> IPython3Lexer:
    return IPython3Lexer(stripall=True)


_in_colour: dict[str, str] = {}  # cells as HTML, by their source: much of a page is the same for the whole class


def _coloured(source: str, language: str | None = None, metadata: dict[str, Any] | None = None) -> str:
    """Return Python as HTML, in which only words with a colour are marked: nbconvert's own is three times as long."""
    if source not in _in_colour:
        if len(_in_colour) > REMEMBERED_CELLS:
            _in_colour.clear()
        parts = []
        for colour, words in groupby(_lexer().get_tokens(source), lambda pair: _colour(pair[0])):
            text = html.escape("".join(word for _, word in words), quote=False)
            parts.append(f"<i class={colour}>{text}</i>" if colour else text)
        _in_colour[source] = f"<pre>{''.join(parts).rstrip()}</pre>"
    return _in_colour[source]


def _coloured_output(text: str) -> str:
    """Return what was printed as HTML: the colours of terminals by their names, which the page's style knows."""
    return COLOURED.sub(r'<i class="\1">', ansi2html(text)).replace("</span>", "</i>")


class _ReadForOnePage(NotebookNode):  # type: ignore[misc]
    """A notebook that nbconvert need not copy before it changes it: nobody else has it."""

    def __deepcopy__(self, memo: dict[int, Any]) -> _ReadForOnePage:
        return self


class FeedbackExporter(HTMLExporter):  # type: ignore[misc]
    """Writes feedback pages with the template tinytorch_feedback; a page runs nothing, and loads nothing."""

    _prose: ClassVar[dict[str, str]] = {}

    def __init__(self, config: Config | None = None, **settings: Any) -> None:
        config = Config(config or {})
        # nbgrader sets its own template for HTMLExporter; settings of this class take precedence
        config.FeedbackExporter.template_name = TEMPLATE.name
        config.FeedbackExporter.extra_template_basedirs = [str(TEMPLATE.parent)]
        config.FeedbackExporter.exclude_anchor_links = True
        config.FeedbackExporter.sanitize_html = True
        super().__init__(config=config, **settings)

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **settings: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page; the notebook is changed.

        HTMLExporter would parse all of the page again to give pictures the text that this adds.
        """
        resources = self._init_resources(resources)
        resources["policy"] = POLICY
        self.register_filter("highlight_code", _coloured)
        widgets = WidgetsDataTypeFilter(notebook_metadata=self._nb_metadata, parent=self, resources=resources)
        self.register_filter("filter_data_type", widgets)
        self.register_filter("clean_html", clean_html)
        self.register_filter("ansi2html", _coloured_output)
        page, resources = TemplateExporter.from_notebook_node(self, _ReadForOnePage(nb), resources, **settings)
        page = page.replace("output_subarea output_text output_error", "output_error")  # what the style knows
        return WITHOUT_DESCRIPTION.sub('<img alt="a picture that the notebook draws"', page), resources

    def get_ready(self, notebook: NotebookNode) -> None:
        """Turn a released notebook's cells into HTML; processes forked from this one know them, and the templates.

        These are the cells that are on every page; `LeaveOutReleased` leaves out the others, most of them prose.
        """
        notebook.cells = [cell for cell in notebook.cells if role_of(cell) in ("solution", "written", "test")]
        for cell in notebook.cells:
            cell.metadata.nbgrader.score = 0
        _lexer()
        _in_colour.update(made_once("coloured", notebook, lambda: self._cells_in_colour(notebook)))
        self._make_page(notebook)

    def _cells_in_colour(self, notebook: NotebookNode) -> dict[str, str]:
        """Return the cells of a page as HTML, by their source as the template has it."""
        _in_colour.clear()
        self._make_page(notebook)
        return dict(_in_colour)

    def _make_page(self, notebook: NotebookNode) -> None:
        """Make the page of a notebook that is nobody's."""
        with temp_attrs(self, _preprocessors=[]):  # they would look up a student in the gradebook
            self.from_notebook_node(notebook, {"nbgrader": {"score": 0, "max_score": 0, "late_penalty": 0}})

    def _preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Prepare the notebook, without the copies and the checks after each step: nobody else uses it."""
        for preprocessor in self._preprocessors:
            nb, resources = preprocessor(nb, resources)
        drop_free_form(nb)
        return nb, resources

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Return prose as sanitized HTML; remember it unless pictures are attached to it."""
        if context.get("cell", {}).get("attachments"):
            return clean_prose(str(super().markdown2html(context, source)))
        if source not in self._prose:
            if len(self._prose) > REMEMBERED_CELLS:
                self._prose.clear()
            self._prose[source] = clean_prose(str(super().markdown2html(context, source)))
        return self._prose[source]


def open_exporter(api: NbGraderAPI) -> FeedbackExporter:
    """Return the exporter that writes pages, set up as for `nbgrader generate_feedback`."""
    converter = GenerateFeedback(coursedir=api.coursedir, parent=api)
    exporter: FeedbackExporter = converter.exporter_class(parent=converter, config=converter.config)
    exporter.environment.bytecode_cache = compiled_templates()
    for preprocessor in converter.preprocessors:
        exporter.register_preprocessor(preprocessor)
    return exporter


class PageWriter:
    """Writes the feedback pages of one assignment, with one exporter for all of them."""

    def __init__(self, exporter: FeedbackExporter, files: StudentFiles) -> None:
        self.exporter, self.files = exporter, files

    def write(self, student: str, grades: PageGrades | None = None) -> None:
        """Write a student's page from the notebook in autograded/ and from `grades`, or else the gradebook."""
        module, db_url = self.files.module, self.files.coursedir.db_url
        names: dict[str, Any] = {"student": student, "assignment": module.assignment, "notebook": module.name}
        names |= {"db_url": db_url, "found": grades}
        resources = {"unique_key": module.name, "output_files_dir": f"{module.name}_files", "nbgrader": names}
        graded = nbformat.v4.reads(self.files.graded_notebook(student).read_text(encoding="utf-8"))
        page, _ = self.exporter.from_notebook_node(graded, resources)
        target = self.files.page(student)
        for name, content in self.files.exchange_files(student).items():
            beside = target.with_name(name)
            if not beside.is_file() or beside.read_bytes() != content:
                write_whole(beside, content)
        write_whole(target, page.encode("utf-8", "replace"))
