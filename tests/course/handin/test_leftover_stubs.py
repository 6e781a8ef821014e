"""What is left of a stub in a student's answer."""

from __future__ import annotations

import pytest

from tests.helpers.tiny_course import TinyCourse, cell_named
from tinytorch.course.handin.leftover_stubs import HIDES, TOO_LATE, mend_stubs
from tinytorch.course.notebook import STUB
from tinytorch.course.notes import Kind, Note

BEFORE = "#| export\ndef double(x):\n"


@pytest.mark.parametrize(
    ("body", "kind", "text", "line"),
    [
        (f"    return 2 * x\n    {STUB}\n", "note", TOO_LATE, 4),
        (f"    if x:\n        return 2 * x\n    {STUB}\n", "note", TOO_LATE, 5),
        (f"    {STUB}\n    return 2 * x\n", "fault", HIDES, 3),
        (f"    if not x:\n        {STUB}\n        return 0\n    return 2 * x\n", "fault", HIDES, 4),
    ],
)
def test_a_stub_below_an_answer_is_taken_out_and_one_above_it_is_told_of(
    built_course: TinyCourse, body: str, kind: Kind, text: str, line: int
) -> None:
    notebook = built_course.filled(double=BEFORE + body)
    assert mend_stubs(notebook, built_course.notebook()) == [Note(kind, "double", text.format(line=line))]
    changed = body.replace(STUB, "pass") if kind == "note" else body
    assert cell_named(notebook, "double").source == BEFORE + changed


@pytest.mark.parametrize(
    "answer",
    [
        None,
        f"{BEFORE}    {STUB}\n",
        f"{BEFORE}    # {STUB}\n    return 2 * x\n",
        f"{BEFORE}    if not x:\n        raise NotImplementedError('none of nothing')\n    return 2 * x\n",
        f"{BEFORE}    {STUB}\n    return 2 x\n",
    ],
    ids=["untouched", "typed again", "a comment", "an error of one's own", "no Python"],
)
def test_of_other_cells_there_is_nothing_to_tell(built_course: TinyCourse, answer: str | None) -> None:
    notebook = built_course.filled(double=answer)
    before = cell_named(notebook, "double").source
    assert mend_stubs(notebook, built_course.notebook()) == []
    assert cell_named(notebook, "double").source == before


def test_a_stub_that_replaces_a_method_written_in_the_class_is_told_of(built_course: TinyCourse) -> None:
    inside = "#| export\nclass Pair:\n    def total(self):\n        return 1.0\n"
    stub = f"#| export\n@patch\ndef total(self: Pair) -> float:\n    {STUB}\n"
    (note,) = mend_stubs(built_course.filled(pair=inside, pair_total=stub), built_course.notebook())
    assert (note.kind, note.cell) == ("fault", "pair-total")
    assert "total" in note.text
    assert "Pair" in note.text
