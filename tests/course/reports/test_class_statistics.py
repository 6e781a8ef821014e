"""What the results of a class say about its teaching, computed by hand for small classes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.results import result_of
from tinytorch.course.layout import Module
from tinytorch.course.reports.class_statistics import (
    LEAST_STUDENTS,
    OTHER,
    section_statistics,
    step_statistics,
    test_statistics,
)
from tinytorch.course.reports.results import ClassResults, StudentResult, TestResult

MODULE = Module("05_dataloader", Path())
STEPS = {"test-1": "Step 1", "test-2": "Step 1", "test-3": "Step 2", "test-4": "Step 2"}
NOT_WRITTEN = "NotImplementedError: Write this step here, then delete this line."


def class_of(*students: StudentResult) -> ClassResults:
    return ClassResults(MODULE, list(students))


def test_a_step_says_who_lost_points_and_who_had_not_written_it() -> None:
    results = class_of(
        result_of("ann"),
        result_of("bob", 1),
        result_of("cid", 1, 2, message=NOT_WRITTEN),
        result_of("dee", 5),
        result_of("eve", 1, 2, 3, held_back=True),  # does not count
    )
    one, two, other = step_statistics(results, STEPS)
    assert (one.name, one.students, one.lost_points, one.not_written) == ("Step 1", 4, 2, 1)
    assert (one.points, one.points_lost, one.points_not_written) == (12, 4, 3)
    assert one.lost_percent == pytest.approx(100 / 3)
    assert (two.name, two.lost_points, two.points_lost) == ("Step 2", 0, 0)
    assert (other.name, other.lost_points, other.points_lost) == (OTHER, 1, 5)


def test_a_test_says_how_many_passed_and_what_was_lost() -> None:
    results = class_of(result_of("ann"), result_of("bob", 4), result_of("cid", 4, message=NOT_WRITTEN))
    four = test_statistics(results, STEPS)[3]
    assert (four.name, four.step, four.passed, four.not_written, four.points_lost) == ("test-4", "Step 2", 1, 1, 8)
    assert four.pass_percent == pytest.approx(100 / 3)
    assert four.discrimination is None


def test_discrimination_is_the_correlation_with_the_other_tests() -> None:
    # Test 1 is passed by whoever passes test 5, test 2 by whoever fails it, test 3 by everybody.
    students = [
        result_of(f"s{number}", *((2,) if number < LEAST_STUDENTS // 2 else (1, 5))) for number in range(LEAST_STUDENTS)
    ]
    one, two, three, _, five = test_statistics(class_of(*students), STEPS)
    assert one.discrimination == pytest.approx(1)
    assert two.discrimination == pytest.approx(-1)
    assert three.discrimination is None
    assert five.discrimination is not None
    assert test_statistics(class_of(*students[1:]), STEPS)[0].discrimination is None


def test_sections_stand_side_by_side_where_there_are_two() -> None:
    results = class_of(result_of("ann"), result_of("bob", 5), result_of("cid", 4), result_of("dee"))
    a, b = section_statistics(results, {"ann": "B", "bob": "A", "cid": "A"})
    assert (a.name, a.students, a.median_points) == ("A", 2, 10.5)
    assert (b.name, b.students, b.median_points) == ("B", 1, 15)
    assert section_statistics(results, {"ann": "B", "bob": "B"}) == []


def test_a_class_of_which_nobody_counts_has_no_statistics() -> None:
    results = class_of(StudentResult("ann", [TestResult("test-1", 0, 1)], held_back=True))
    assert test_statistics(results, STEPS) == []
    assert [step.points for step in step_statistics(results, STEPS)] == [0]
