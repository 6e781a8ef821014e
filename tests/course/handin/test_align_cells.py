"""A submission's cells, put where the released notebook has them. test_as_released.py has them graded."""

from __future__ import annotations

import copy

import nbformat
import pytest
from nbformat import NotebookNode

from tests.helpers.tiny_course import TinyCourse, cell_named
from tinytorch.course.handin import align_cells as sentences
from tinytorch.course.handin.align_cells import align_cells
from tinytorch.course.notebook import grade_id
from tinytorch.course.notes import Note


@pytest.fixture
def released(built_course: TinyCourse) -> NotebookNode:
    return built_course.notebook()


@pytest.fixture
def submitted(built_course: TinyCourse) -> NotebookNode:
    return built_course.filled()


def names(notebook: NotebookNode) -> list[str | None]:
    return [grade_id(cell) for cell in notebook.cells if grade_id(cell)]


def own(source: str, name: str = "x") -> NotebookNode:
    """Return a cell that a student added."""
    return nbformat.v4.new_code_cell(source, id=name, metadata={"tags": ["skip-execution"]})


def test_a_notebook_with_answers_alone_stays_as_it_is(submitted: NotebookNode, released: NotebookNode) -> None:
    before = [cell.source for cell in submitted.cells]
    assert align_cells(submitted, released) == []
    assert [cell.source for cell in submitted.cells] == before
    assert [cell.id for cell in submitted.cells] == [cell.id for cell in released.cells]


def test_what_a_student_added_stays_behind_the_cell_that_it_followed_and_keeps_its_source_only(
    submitted: NotebookNode, released: NotebookNode
) -> None:
    submitted.cells.insert(0, own("first = 1"))
    submitted.cells.insert(submitted.cells.index(cell_named(submitted, "double")) + 1, own("behind = 1", "y"))
    assert align_cells(submitted, released) == []
    assert submitted.cells[0].source == "first = 1"
    place = submitted.cells.index(cell_named(submitted, "double"))
    assert submitted.cells[place + 1].source == "behind = 1"
    added = [cell for cell in submitted.cells if cell.source in ("first = 1", "behind = 1")]
    assert [cell.metadata for cell in added] == [{}, {}]
    assert len({cell.id for cell in submitted.cells}) == len(submitted.cells)
    assert names(submitted) == names(released)


def test_a_test_is_as_released_whatever_became_of_it(submitted: NotebookNode, released: NotebookNode) -> None:
    cell_named(submitted, "double-number").source = "pass"
    submitted.cells.remove(cell_named(submitted, "double-more"))
    cell_named(submitted, "pair-total-right").metadata.nbgrader.points = 1000
    notes = align_cells(submitted, released)
    for name in ("double-number", "double-more", "pair-total-right"):
        assert cell_named(submitted, name) == cell_named(released, name)
    assert set(notes) == {
        Note("note", "double-number", sentences.EDITED),
        Note("note", "double-more", sentences.DELETED),
        Note("note", "pair-total-right", sentences.CHANGED),
    }


def test_an_answer_is_found_without_its_name_by_its_id_or_by_what_it_defines(
    submitted: NotebookNode, released: NotebookNode
) -> None:
    answers = {name: cell_named(submitted, name).source for name in ("double", "pair")}
    for name, cell_id in (("double", "double"), ("pair", "some-other-id")):
        cell = cell_named(submitted, name)
        cell.metadata = NotebookNode()
        cell.id = cell_id
    notes = align_cells(submitted, released)
    assert {name: cell_named(submitted, name).source for name in answers} == answers
    assert notes == [Note("note", "double, pair", sentences.RECOGNISED)]


def test_of_several_copies_of_an_answer_the_last_finished_one_counts_and_the_others_run_before_it(
    submitted: NotebookNode, released: NotebookNode
) -> None:
    attempt = copy.deepcopy(cell_named(submitted, "double"))
    attempt.source, attempt.id = "#| export\ndef double(x):\n    return x\n", "attempt"
    submitted.cells.insert(submitted.cells.index(cell_named(submitted, "double")), attempt)
    finished = cell_named(submitted, "double-number"), submitted.cells[submitted.cells.index(attempt) + 1].source
    assert align_cells(submitted, released) == [Note("note", "double", sentences.COPIED)]
    sources = [cell.source for cell in submitted.cells]
    assert sources.index(attempt.source) + 1 == sources.index(finished[1])
    assert cell_named(submitted, "double").source == finished[1]


def test_moved_cells_are_put_back(submitted: NotebookNode, released: NotebookNode) -> None:
    submitted.cells.append(submitted.cells.pop(submitted.cells.index(cell_named(submitted, "double"))))
    notes = align_cells(submitted, released)
    assert [note.text for note in notes] == [sentences.MOVED]
    assert names(submitted) == names(released)


def test_another_notebook_is_none_of_this_one_s(released: NotebookNode) -> None:
    other = nbformat.v4.new_notebook(cells=[own("print('hello')")])
    assert align_cells(other, released) == [Note("fault", "", sentences.WRONG_NOTEBOOK)]
    assert names(other) == names(released)
    assert "hello" not in str(other)


def first_module(course: TinyCourse) -> NotebookNode:
    """Return the released notebook of module 01."""
    return nbformat.read(course.root / "modules" / "01_tensor" / "tensor.ipynb", as_version=4)


def test_the_notebook_of_another_module_is_named_as_that(built_course: TinyCourse, released: NotebookNode) -> None:
    said = "it is the notebook of another module, `tensor`: hand in the one of `tiny`"
    other = first_module(built_course)
    assert {"imports"} <= set(names(other)) & set(names(released))  # a given cell, which every module has
    assert align_cells(other, released) == [Note("fault", "", said)]
    stripped = first_module(built_course)
    for cell in stripped.cells:
        cell.metadata = NotebookNode()
        cell.id = f"x-{cell.id}"
    assert align_cells(stripped, released) == [Note("fault", "", said)]


def test_a_released_cell_of_another_module_is_not_taken_for_one_that_was_deleted(
    built_course: TinyCourse, submitted: NotebookNode, released: NotebookNode
) -> None:
    place = submitted.cells.index(cell_named(submitted, "double"))
    submitted.cells[place] = cell_named(first_module(built_course), "tensor")
    submitted.cells.insert(0, cell_named(first_module(built_course), "tensor-data"))
    submitted.cells.remove(cell_named(submitted, "pair-total-right"))
    notes = align_cells(submitted, released)
    assert set(notes) == {
        Note("note", "double", sentences.LOST_ANSWER),
        Note("note", "pair-total-right", sentences.DELETED),
        Note("note", "tensor-data, tensor", sentences.UNKNOWN),
    }
    assert cell_named(submitted, "double").source == ""


def test_a_notebook_whose_export_line_was_changed_is_still_this_one(
    submitted: NotebookNode, released: NotebookNode
) -> None:
    cell = next(cell for cell in submitted.cells if "default_exp" in cell.source)
    cell.source = "#| default_exp core.other"
    assert align_cells(submitted, released) == []
