"""What a feedback page leaves out, and what it never does."""

from __future__ import annotations

import base64

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from tests.helpers.tiny_course import TinyCourse, cell_named
from tinytorch.course.reports.leave_out import MOST_PICTURE_CHARACTERS, SHOWN_BEFORE, LeaveOutReleased

ASSIGNMENT = {"nbgrader": {"assignment": "02_tiny"}}


def left_in(course: TinyCourse, notebook: NotebookNode) -> tuple[list[str], bool]:
    """Return the sources of the cells that stay, and whether the page says that others do not."""
    preprocessor = LeaveOutReleased(course_root=str(course.root))
    kept, resources = preprocessor.preprocess(notebook, {"nbgrader": dict(ASSIGNMENT["nbgrader"])})
    return [cell.source for cell in kept.cells], resources["left_out"]


def test_answers_and_tests_stay_under_their_headings_and_what_was_given_goes(built_course: TinyCourse) -> None:
    notebook = built_course.filled()
    sources, left_out = left_in(built_course, notebook)
    judged = [cell.source for cell in built_course.filled().cells if cell.metadata.get("nbgrader", {}).get("points")]
    assert left_out
    assert set(judged) <= set(sources)
    assert "## Step 1 · Double" in sources
    assert "## Questions" in sources
    assert not any("explored" in source or "default_exp" in source for source in sources)


def test_what_a_student_added_changed_or_displayed_stays(built_course: TinyCourse) -> None:
    notebook = built_course.filled()
    prose = next(cell for cell in notebook.cells if "Step 1" in cell.source)
    prose.source += "\n\nMy note."
    given = next(cell for cell in notebook.cells if "default_exp" in cell.source)
    given.outputs = [new_output("stream", text="printed")]
    notebook.cells += [new_markdown_cell("My own prose."), new_code_cell("my_own = 1")]
    sources, _ = left_in(built_course, notebook)
    assert {"My own prose.", "my_own = 1", given.source, prose.source} <= set(sources)


def test_a_heading_with_nothing_below_it_goes(built_course: TinyCourse) -> None:
    notebook = built_course.filled()
    notebook.cells = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") != "why"]
    assert "## Questions" not in left_in(built_course, notebook)[0]


def test_where_the_release_is_not_at_hand_prose_stays(built_course: TinyCourse, tmp_path) -> None:
    preprocessor = LeaveOutReleased(course_root=str(tmp_path))
    notebook = built_course.filled()
    kept, _ = preprocessor.preprocess(notebook, {"nbgrader": {"assignment": "02_tiny"}})
    assert any(cell.source.startswith("# 02") for cell in kept.cells)


def picture(content: bytes) -> NotebookNode:
    return new_output("display_data", {"image/png": base64.b64encode(content).decode(), "text/plain": "<Figure>"})


@pytest.mark.parametrize("pieces", [1, 4])
def test_pictures_stay_while_they_fit_and_a_larger_one_is_named(built_course: TinyCourse, pieces: int) -> None:
    notebook = built_course.filled()
    small = MOST_PICTURE_CHARACTERS * 3 // 4 // pieces - 100
    fitting = [picture(bytes([number]) * small) for number in range(pieces)]
    cell_named(notebook, "double").outputs = [*fitting, picture(b"x" * 900_000)]
    kept, _ = LeaveOutReleased(course_root=str(built_course.root)).preprocess(notebook, dict(ASSIGNMENT))
    outputs = cell_named(kept, "double").outputs
    assert ["image/png" in output.data for output in outputs] == [True] * pieces + [False]
    assert outputs[-1].data["text/plain"] == "[a picture of 900 kB, too large for this page: run the cell to see it]"


def test_the_same_picture_is_on_the_page_once(built_course: TinyCourse) -> None:
    notebook = built_course.filled()
    cell_named(notebook, "double").outputs = [picture(b"one"), picture(b"one"), picture(b"two")]
    kept, _ = LeaveOutReleased(course_root=str(built_course.root)).preprocess(notebook, dict(ASSIGNMENT))
    shown = [output.data["text/plain"] for output in cell_named(kept, "double").outputs]
    assert shown == ["<Figure>", SHOWN_BEFORE, "<Figure>"]
    assert nbformat.validate(kept) is None
