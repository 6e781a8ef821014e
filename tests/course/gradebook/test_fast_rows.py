"""Rows of the gradebook, read at once: the same as nbgrader reads one by one, in few queries."""

from __future__ import annotations

from nbgrader.api import Gradebook

from tests.helpers.counted_queries import counted_queries
from tests.helpers.tiny_course import GradedClass
from tinytorch.course.gradebook.fast_rows import load_submission, load_totals


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


def test_the_totals_of_a_class_are_those_of_nbgrader_and_read_in_two_queries(graded: GradedClass) -> None:
    url = f"sqlite:///{graded.output / 'gradebook.db'}"
    with Gradebook(url, "tinytorch") as gradebook:
        expected = {
            each.student_id: (each.score, each.late_submission_penalty)
            for each in gradebook.assignment_submissions("02_tiny")
        }
    with Gradebook(url, "tinytorch") as gradebook, counted_queries(gradebook) as asked:
        totals = load_totals(gradebook, "02_tiny")
        assert {name: (each.score, each.late_submission_penalty) for name, each in totals.items()} == expected
        assert len(asked) == 2
