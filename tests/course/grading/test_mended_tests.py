"""Which tests were mended, and their new verdicts in an older result."""

from __future__ import annotations

import copy

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tinytorch.course.grading.mended_tests import mended_tests, with_tests_of
from tinytorch.course.notes import add_note, read_notes


def cell(name: str, source: str, points: float | None = None, printed: str = "") -> NotebookNode:
    settings = {"grade_id": name, "grade": points is not None, "solution": False, "locked": True, "schema_version": 3}
    if points is not None:
        settings["points"] = points
    outputs = [new_output("stream", name="stdout", text=printed)] if printed else []
    return new_code_cell(source, id=name, metadata={"nbgrader": settings}, outputs=outputs)


def content(*cells: NotebookNode) -> bytes:
    return nbformat.writes(new_notebook(cells=list(cells))).encode()


GIVEN, ONE, TWO = cell("given", "import x"), cell("one", "assert 1", 2), cell("two", "assert 2", 3)


def changed(original: NotebookNode, source: str | None = None, **settings: object) -> NotebookNode:
    other = copy.deepcopy(original)
    other.source = original.source if source is None else source
    other.metadata.nbgrader.update(settings)
    return other


def test_a_test_with_another_text_was_mended() -> None:
    assert mended_tests(content(GIVEN, ONE, TWO), content(GIVEN, ONE, TWO)) == []
    assert mended_tests(content(GIVEN, ONE, TWO), content(GIVEN, ONE, changed(TWO, "assert 3"))) == ["two"]


@pytest.mark.parametrize(
    ("after", "named"),
    [
        ((GIVEN, ONE, changed(TWO, points=4)), "two"),
        ((changed(GIVEN, "import y"), ONE, TWO), "given"),
        ((GIVEN, ONE), "two"),
        ((GIVEN, ONE, TWO, cell("three", "assert 3", 1)), "three"),
    ],
    ids=["other points", "another given cell", "a test less", "a test more"],
)
def test_more_than_another_text_is_refused_and_named(after: tuple[NotebookNode, ...], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        mended_tests(content(GIVEN, ONE, TWO), content(*after))


def test_an_older_result_gets_the_new_verdicts_and_their_notes_and_keeps_all_else() -> None:
    before = new_notebook(cells=[cell("one", "assert 1", 2, "old"), cell("two", "assert 2", 3, "old")])
    after = new_notebook(cells=[cell("one", "assert 1", 2, "new"), cell("two", "assert 3", 3, "new")])
    for notebook, text in ((before, "old"), (after, "new")):
        for name in ("one", "two"):
            add_note(notebook, "fault", name, text)
    joined = nbformat.reads(with_tests_of(content_of(before), content_of(after), ["two"]).decode(), as_version=4)
    assert [(each.source, each.outputs[0].text) for each in joined.cells] == [("assert 1", "old"), ("assert 3", "new")]
    assert [(note.cell, note.text) for note in read_notes(joined)] == [("one", "old"), ("two", "new")]


def content_of(notebook: NotebookNode) -> bytes:
    return nbformat.writes(notebook).encode()
