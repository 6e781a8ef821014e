"""Taking a test cell apart: expected values stay here, and what the student's code may have touched is asked of it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tinytorch.course.authoring.build import read_source
from tinytorch.course.layout import Course
from tinytorch.course.notebook import role_of
from tinytorch.course.verdict.split_test import CannotTakeApart, take_apart

COURSE = Course.find(Path(__file__).parent)


def student(source: str) -> str:
    return "\n".join(part.student_half for part in take_apart(source))


def grader(source: str) -> str:
    return "\n".join(ast.unparse(part.grader_half) for part in take_apart(source))


def test_an_expected_value_never_reaches_the_student_s_half() -> None:
    source = "got = double(21)\nassert got == 4242, f'Step 1: expected 4242, got {got}'"
    assert student(source) == "got = double(21)\n_look(0, lambda: got, lambda: got)"
    assert "4242" in grader(source)
    assert "double" not in grader(source)


def test_a_call_inside_an_assert_is_made_over_there() -> None:
    source = "assert double(21) == 4242, 'Step 1'"
    assert student(source) == "_look(0, lambda: double(21))"
    assert "_look(0) == 4242" in grader(source)


def test_expected_values_in_a_loop_s_tuples_are_blanked_out() -> None:
    source = "for x, y in [(1, 4242), (2, 4343)]:\n    got = double(x)\n    assert got == y, f'Step 1: {x} {y} {got}'"
    half = student(source)
    assert "4242" not in half
    assert "4343" not in half
    assert "for x, y in [(1, None), (2, None)]" in half
    assert "4242" in grader(source)


def test_what_only_asserts_need_is_computed_here_alone() -> None:
    source = "windows = [n * 4242 for n in range(3)]\ngot = crop(7)\nassert got in windows, 'Step 1'"
    assert "windows" not in student(source)
    assert "windows = [n * 4242" in grader(source)


def test_a_comprehension_s_own_name_is_nobody_s() -> None:
    source = "wanted = [n for n in range(4242)]\ngot = [n for n in loader]\nassert got == wanted, 'Step 1'"
    assert "4242" not in student(source)
    assert "wanted = " in grader(source)


def test_names_that_are_assigned_together_stay_together() -> None:
    source = "x, y = 1, 2\ngot = double(x)\nassert got == y, 'Step 1'"
    assert "_look(1)" in grader(source)
    assert "x, y" in student(source)


def test_what_was_handed_to_the_student_s_code_is_asked_of_it_afterwards() -> None:
    source = "image = [1, 2]\nflip(image)\nassert image == [1, 2], 'Step 1: changed'"
    assert "image = [1, 2]" in student(source)
    assert "_look(0, lambda: image)" in student(source)
    assert "image = " not in grader(source)


def test_what_random_and_the_clock_say_is_never_taken_from_the_grader_s_own_process() -> None:
    source = "before = random.getstate()\nshuffle()\nafter = random.getstate()\nassert before == after, 'Step 1'"
    assert "getstate" not in grader(source)
    assert "np.random" not in grader("draw = np.random.random()\nassert draw < 1, 'Step 1'")


def test_questions_about_an_object_itself_are_asked_over_there() -> None:
    for question in [
        "hasattr(Loader, 'x')",
        "a is b",
        "np.shares_memory(a, b)",
        "isinstance(a, Dataset)",
        "hash(a) == 1",
    ]:
        half = grader(f"assert {question}, 'Step 1'")
        assert "Loader" not in half
        assert not {"a", "b", "Dataset"} & {node.id for node in ast.walk(ast.parse(half)) if isinstance(node, ast.Name)}


def test_whether_a_value_is_a_tensor_is_decided_here() -> None:
    source = "got = make()\nassert isinstance(got, Tensor) and all(isinstance(v, Tensor) for v in got), 'Step 1'"
    assert "isinstance(_look(0), Tensor)" in grader(source)


def test_the_hidden_region_is_a_part_of_its_own() -> None:
    source = "assert a() == 1, 'Step 1'\n### BEGIN HIDDEN TESTS\nassert a(2) == 2, 'Step 1'\n### END HIDDEN TESTS"
    assert [part.asserts for part in take_apart(source)] == [1, 1]


def test_a_loop_over_the_student_s_values_is_followed_only_where_its_length_is_known() -> None:
    parts = take_apart("for f in [flip, crop]:\n    assert f(1) == 2, 'Step 1'")
    assert "for _ in range(2)" in ast.unparse(parts[0].grader_half)
    with pytest.raises(CannotTakeApart, match="line 1: the loop around an assert goes over a value of the student's"):
        take_apart("for batch in loader:\n    assert len(batch) == 2, 'Step 1'")


@pytest.mark.parametrize(
    "source",
    [
        "while more():\n    assert a, 'x'",
        "if a:\n    assert b, 'x'",
        "def f():\n    assert b, 'x'",
        "with a:\n    assert b, 'x'",
        "for x in [1, 2]:\n    assert x, 'x'\n    break",
    ],
)
def test_an_assert_that_the_grader_could_not_follow_is_refused_with_its_line(source: str) -> None:
    with pytest.raises(CannotTakeApart, match="line 1"):
        take_apart(source)


@pytest.mark.parametrize("module", COURSE.modules, ids=lambda module: module.assignment)
def test_every_test_cell_of_the_course_can_be_taken_apart(module) -> None:
    cells = [
        cell for cell in read_source(module.source_path.read_text(encoding="utf-8")).cells if role_of(cell) == "test"
    ]
    for cell in cells:
        parts = take_apart(cell.source)
        assert sum(part.asserts for part in parts) > 0 or not cell.metadata.nbgrader.points
        for part in parts:
            assert "assert" not in part.student_half
            ast.parse(part.student_half)
