"""What the results of a class say about its teaching: per step, per test, and per section of the class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import StatisticsError, correlation, median

from tinytorch.course.reports.results import ClassResults, StudentResult, TestResult

LEAST_STUDENTS = 10  # for a correlation: with fewer, one student decides it
OTHER = "Other tests"  # the step of tests that belong to no step


@dataclass(frozen=True)
class TestStatistics:
    """How a class did in one test."""

    __test__ = False  # pytest takes any class named Test* for a class of tests

    name: str
    step: str
    max_points: float
    students: int  # who counted
    passed: int
    not_written: int  # who failed because the step was not written
    points_lost: float  # of all students together
    discrimination: float | None  # corrected item-total correlation; None if it says nothing

    @property
    def pass_percent(self) -> float:
        """The percentage of students who passed."""
        return 100 * self.passed / self.students


@dataclass(frozen=True)
class StepStatistics:
    """How a class did in one step. Points are those of all students together."""

    name: str
    students: int  # who counted
    lost_points: int  # students who lost points in it
    not_written: int  # of these, who lost them only because they had not written it
    points: float
    points_lost: float
    points_not_written: float  # of these, what was lost because it was not written

    @property
    def lost_percent(self) -> float:
        """The percentage of its points that were lost."""
        return 100 * self.points_lost / self.points if self.points else 0.0


@dataclass(frozen=True)
class SectionStatistics:
    """How one section of the class did."""

    name: str
    students: int
    median_points: float


def is_not_written(test: TestResult) -> bool:
    """Whether a test failed because what it tests was left as it was released."""
    return test.message.startswith("NotImplementedError")


def test_statistics(results: ClassResults, steps: Mapping[str, str]) -> list[TestStatistics]:
    """Return how the class did in each test, in the notebook's order; `steps` are the tests' steps by name.

    Discrimination is the correlation of a test's points with the points of all other tests (the corrected item-total
    correlation): near 0, the test tells nothing about who can do the rest; below 0, look at the test.
    """
    found = []
    for name in results.test_names:
        pairs = results.counted_in(name)
        if not pairs:
            continue
        found.append(
            TestStatistics(
                name,
                steps.get(name, OTHER),
                pairs[0][1].max_points,
                len(pairs),
                sum(test.passed for _, test in pairs),
                sum(is_not_written(test) for _, test in pairs),
                sum(test.max_points - test.points for _, test in pairs),
                _discrimination(pairs),
            )
        )
    return found


test_statistics.__test__ = False  # type: ignore[attr-defined]


def step_statistics(results: ClassResults, steps: Mapping[str, str]) -> list[StepStatistics]:
    """Return how the class did in each step, in the notebook's order."""
    names = list(dict.fromkeys(steps.get(name, OTHER) for name in results.test_names))
    found = []
    for step in names:
        lost: list[list[TestResult]] = []
        points = points_lost = points_not_written = 0.0
        for student in results.counted:
            tests = [test for test in student.tests if steps.get(test.name, OTHER) == step]
            failed = [test for test in tests if not test.passed]
            points += sum(test.max_points for test in tests)
            points_lost += sum(test.max_points - test.points for test in failed)
            points_not_written += sum(test.max_points - test.points for test in failed if is_not_written(test))
            if failed:
                lost.append(failed)
        not_written = sum(all(map(is_not_written, failed)) for failed in lost)
        found.append(
            StepStatistics(step, len(results.counted), len(lost), not_written, points, points_lost, points_not_written)
        )
    return found


def section_statistics(results: ClassResults, sections: Mapping[str, str]) -> list[SectionStatistics]:
    """Return how each section of the class did, by name; nothing if there are not two."""
    points: dict[str, list[float]] = {}
    for student in results.counted:
        if section := sections.get(student.student):
            points.setdefault(section, []).append(student.points)
    if len(points) < 2:
        return []
    return [SectionStatistics(name, len(points[name]), median(points[name])) for name in sorted(points)]


def _discrimination(pairs: list[tuple[StudentResult, TestResult]]) -> float | None:
    """Return the correlation of a test's points with the points of the other tests."""
    if len(pairs) < LEAST_STUDENTS:
        return None
    try:
        return correlation(
            [test.points for _, test in pairs], [student.points - test.points for student, test in pairs]
        )
    except StatisticsError:  # everybody has the same points
        return None
