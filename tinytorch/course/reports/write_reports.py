"""What a grading run leaves beside grades.csv: a page to look at, and the scores for a learning management system."""

from __future__ import annotations

from pathlib import Path

from nbgrader.api import Gradebook

from tinytorch.course.reports.canvas_csv import write_canvas_csv
from tinytorch.course.reports.class_page import write_report
from tinytorch.course.reports.nbgrader_csv import write_nbgrader_csv
from tinytorch.course.reports.results import ClassResults


def write_outcome(results: ClassResults, gradebook_url: str, course_id: str, output: Path) -> None:
    """Write report.html, nbgrader.csv and canvas.csv into `output`, the folder that grading wrote into."""
    write_report(results, output / "report.html", output)
    with Gradebook(gradebook_url, course_id) as gradebook:
        write_nbgrader_csv(gradebook, results.module.assignment, output / "nbgrader.csv")
        write_canvas_csv(results, gradebook, output / "canvas.csv")
