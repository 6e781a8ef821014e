"""Rows of the gradebook, read at once: the same as nbgrader reads one by one, in few queries."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.api import Comment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook

from tests.helpers.counted_queries import counted_queries
from tests.helpers.tiny_course import GradedClass
from tinytorch.course.gradebook.fast_rows import add_submission, load_submission, load_totals


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


def rows_of(gradebook: Gradebook, kind: type) -> list[list[tuple[str, str]]]:
    """All columns of a table's rows, but for the ids that each row gets by chance."""
    chance = ("id", *(("notebook_id",) if kind in (Grade, Comment) else ()))
    chance += ("assignment_id",) if kind is SubmittedNotebook else ()
    names = [column.name for column in kind.__table__.columns if column.name not in chance]  # type: ignore[attr-defined]
    return sorted([(name, repr(getattr(row, name))) for name in names] for row in gradebook.db.query(kind))


@pytest.mark.parametrize("handed_in", [None, "2026-05-01 14:00 +0200"])
def test_a_submission_is_added_with_the_rows_that_nbgrader_adds(tmp_path: Path, handed_in: str | None) -> None:
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        gradebook.add_assignment("work")
        for notebook in ("first", "second", "empty"):
            gradebook.add_notebook(notebook, "work")
        for notebook in ("first", "second"):
            gradebook.add_grade_cell("test", notebook, "work", max_score=2, cell_type="code")
            gradebook.add_solution_cell("answer", notebook, "work")
            gradebook.add_grade_cell("essay", notebook, "work", max_score=3, cell_type="markdown")
            gradebook.add_solution_cell("essay", notebook, "work")
            gradebook.add_task_cell("task", notebook, "work", max_score=1, cell_type="markdown")
            gradebook.add_source_cell("given", notebook, "work", cell_type="code")
        gradebook.add_student("ada")
        gradebook.add_submission("work", "ada", **({"timestamp": handed_in} if handed_in else {}))
        kinds = (SubmittedAssignment, SubmittedNotebook, Grade, Comment)
        expected = [rows_of(gradebook, kind) for kind in kinds]
        gradebook.remove_submission("work", "ada")
        add_submission(gradebook, "work", "ada", handed_in)
        assert [rows_of(gradebook, kind) for kind in kinds] == expected
        assert list(map(len, expected)) == [1, 3, 6, 6]
        assert len(gradebook.find_submission("work", "ada").notebooks) == 3


def test_a_submission_is_added_in_as_many_queries_whatever_its_cells(tmp_path: Path) -> None:
    counts = []
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        gradebook.add_student("ada")
        for cells in (1, 30):
            name = f"of-{cells}"
            gradebook.add_assignment(name)
            gradebook.add_notebook("notebook", name)
            for number in range(cells):
                gradebook.add_grade_cell(f"test-{number}", "notebook", name, max_score=1, cell_type="code")
                gradebook.add_solution_cell(f"answer-{number}", "notebook", name)
            with counted_queries(gradebook) as asked:
                add_submission(gradebook, name, "ada")
            counts.append(len(asked))
    assert counts[0] == counts[1]
