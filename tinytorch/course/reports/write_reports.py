"""Writing what a grading run leaves beside grades.csv: a page to look at, and scores for a learning platform."""

from __future__ import annotations

from pathlib import Path

from tinytorch.course.gradebook.open_read_only import open_read_only
from tinytorch.course.reports.canvas_csv import write_canvas_csv
from tinytorch.course.reports.class_page import write_report
from tinytorch.course.reports.nbgrader_csv import write_nbgrader_csv
from tinytorch.course.reports.results import ClassResults


def write_outcome(results: ClassResults, db_url: str, output: Path) -> None:
    """Write report.html, nbgrader.csv and canvas.csv into `output`, the folder of the grading run."""
    write_report(results, output / "report.html", output)
    with open_read_only(db_url) as gradebook:
        write_nbgrader_csv(gradebook, results.module.assignment, output / "nbgrader.csv")
        write_canvas_csv(results, gradebook, output / "canvas.csv")
