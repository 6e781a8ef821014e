"""Rows of the gradebook, read at once: the same as nbgrader reads one by one, in few queries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy
from nbgrader.api import Gradebook

from tests.helpers.tiny_course import GradedClass
from tinytorch.course.gradebook.fast_rows import load_submission


@contextmanager
def counted_queries(gradebook: Gradebook) -> Iterator[list[str]]:
    """Note each statement that a gradebook's database is asked."""
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    sqlalchemy.event.listen(gradebook.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sqlalchemy.event.remove(gradebook.engine, "before_cursor_execute", note)


def test_a_submission_comes_with_all_that_its_page_tells_and_no_cell_is_asked_for_by_itself(
    graded: GradedClass,
) -> None:
    url = f"sqlite:///{graded.output / 'gradebook.db'}"
    with Gradebook(url, "tinytorch") as gradebook:
        one_by_one = gradebook.find_submission_notebook("tiny", "02_tiny", "wrong")
        expected = {grade.name: (grade.score, grade.max_score) for grade in one_by_one.grades}
        comments = {comment.name for comment in one_by_one.comments}
    with Gradebook(url, "tinytorch") as gradebook, counted_queries(gradebook) as asked:
        submitted = load_submission(gradebook, "tiny", "02_tiny", "wrong")
        loaded = len(asked)
        assert {grade.name: (grade.score, grade.max_score) for grade in submitted.grades} == expected
        assert {comment.name for comment in submitted.comments} == comments
        assert {cell.name for cell in submitted.notebook.grade_cells} == set(expected)
        assert len(asked) == loaded  # the names of cells, too, are in memory
