"""Reading a submission's rows of the gradebook at once: nbgrader asks for each score and each comment by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, SubmittedNotebook
from nbgrader.preprocessors import GetGrades


def load_submission(gradebook: Gradebook, notebook: str, assignment: str, student: str) -> SubmittedNotebook:
    """Give a submitted notebook, the cells that its scores and comments are for read with it."""
    submitted = gradebook.find_submission_notebook(notebook, assignment, student)
    # In memory, a score finds its cell, and so its name, without asking.
    _ = submitted.notebook.grade_cells, submitted.grades, submitted.comments
    return submitted


@contextmanager
def at_hand(gradebook: Gradebook, notebook: str, assignment: str, student: str) -> Iterator[None]:
    """Have `find_grade` and `find_comment` answer for one submission from memory, and save all at the end, or nothing.

    nbgrader's preprocessors commit each cell by itself: stopped in the middle they leave half a student behind.
    """
    submitted = load_submission(gradebook, notebook, assignment, student)
    grades = {grade.name: grade for grade in submitted.grades}
    comments = {comment.name: comment for comment in submitted.comments}
    own = gradebook.find_grade, gradebook.find_comment, gradebook.db.commit

    def find_grade(name: str, *place: str) -> Any:
        return grades[name] if name in grades else own[0](name, *place)

    def find_comment(name: str, *place: str) -> Any:
        return comments[name] if name in comments else own[1](name, *place)

    gradebook.find_grade, gradebook.find_comment, gradebook.db.commit = find_grade, find_comment, lambda: None
    try:
        yield
        own[2]()
    finally:
        gradebook.find_grade, gradebook.find_comment, gradebook.db.commit = own


class GetGradesAtOnce(GetGrades):  # type: ignore[misc]
    """nbgrader's GetGrades, which puts scores and comments into a notebook for its feedback page."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Read them all, then put them in."""
        names = resources["nbgrader"]
        place = names["notebook"], names["assignment"], names["student"]
        self.notebook_id, self.assignment_id, self.student_id = place
        with Gradebook(names["db_url"]) as self.gradebook, at_hand(self.gradebook, *place):
            for index, cell in enumerate(nb.cells):
                nb.cells[index], resources = self.preprocess_cell(cell, resources, index)
            submitted = self.gradebook.find_submission_notebook(*place)
            penalty = submitted.late_submission_penalty or 0
            names |= {"score": submitted.score - penalty, "max_score": submitted.max_score, "late_penalty": penalty}
        return nb, resources
