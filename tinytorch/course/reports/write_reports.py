"""Writing what a grading run leaves beside grades.csv: a page to look at, and scores for a learning platform."""

from __future__ import annotations

import re
from pathlib import Path

from tinytorch.course.gradebook.class_list import read_stored_class_list
from tinytorch.course.gradebook.open_read_only import open_read_only
from tinytorch.course.layout import Module
from tinytorch.course.notebook import HEADING, grade_id, read_own_notebook, role_of, sections
from tinytorch.course.reports.canvas_csv import write_canvas_csv
from tinytorch.course.reports.class_page import write_report
from tinytorch.course.reports.nbgrader_csv import write_nbgrader_csv
from tinytorch.course.reports.results import ClassResults

MARKDOWN = re.compile(r"[`\\]")  # around code, and before what is no markup


def write_outcome(results: ClassResults, db_url: str, output: Path) -> None:
    """Write report.html, nbgrader.csv and canvas.csv into `output`, the folder of the grading run."""
    with open_read_only(db_url) as gradebook:
        groups = {student.id: student.section for student in read_stored_class_list(gradebook).values()}
        write_report(results, output / "report.html", output, _steps(results.module), groups, _ideas(results.module))
        write_nbgrader_csv(gradebook, results.module.assignment, output / "nbgrader.csv")
        write_canvas_csv(results, gradebook, output / "canvas.csv")


def _ideas(module: Module) -> dict[str, str]:
    """Return what each test tries, by its name, and what each step is about: the rest of their first lines."""
    released = read_own_notebook(module.released_path)
    ideas = {}
    for step, cell in sections(released):
        if role_of(cell) == "test" and cell.source.startswith("# "):
            ideas[str(grade_id(cell))] = cell.source.split("\n")[0].removeprefix("# ").rpartition(" · ")[2]
        elif cell.cell_type == "markdown" and (heading := HEADING.search(cell.source)) and heading["step"]:
            ideas[step] = MARKDOWN.sub("", heading["title"].partition(" · ")[2]).strip()
    return ideas


def _steps(module: Module) -> dict[str, str]:
    """Return the step of each test, by the test's name."""
    released = read_own_notebook(module.released_path)
    return {str(grade_id(cell)): step for step, cell in sections(released) if role_of(cell) == "test"}
