"""Nobody is graded by a test that the reference solution fails."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest

from tests.helpers.hand_in import hand_in
from tests.helpers.tiny_course import TinyCourse
from tinytorch.course.grading.reference import prove_reference
from tinytorch.course.layout import Course, CourseError
from tinytorch.course.reports.results import StudentResult


def test_a_test_that_fails_on_the_reference_stops_the_run_and_changes_nobody_s_points(
    course: TinyCourse, tmp_path: Path
) -> None:
    source = course.root / "src" / "02_tiny" / "02_tiny.py"
    text = source.read_text(encoding="utf-8").replace("answer_of_student == 2469134", "forgotten_name == 2469134")
    source.write_text(text, encoding="utf-8")
    hand_in(course, tmp_path, "amy.ipynb", lambda course: course.filled())
    run = course.tito("grade", tmp_path, "--module", "02", "--output", tmp_path / "out")
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert "The grader's own cell double-more fails on the reference solution (NameError: " in run.stderr
    assert "nothing was graded" in run.stderr
    assert not (tmp_path / "out").exists()


class Proofs:
    """Proves the reference of a course, and counts how often it was graded for that."""

    def __init__(self, course: TinyCourse, failure: str = "") -> None:
        self.course, self.module = Course(course.root), Course(course.root).module("02")
        self.failure, self.graded = failure, 0

    def prove(self, key: str = "1", anew: bool = False) -> Proofs:
        prove_reference(self.course, self.module, key, self._grade, anew=anew)
        return self

    def _grade(self, notebook: Path, output: Path) -> tuple[StudentResult, nbformat.NotebookNode | None]:
        self.graded += 1
        ran = None if self.failure else nbformat.read(notebook, as_version=4)
        return StudentResult("reference", failure=self.failure), ran


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TINYTORCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_it_is_proved_once_in_whichever_folder_the_same_course_is(
    built_course: TinyCourse, course: TinyCourse, cache: Path
) -> None:
    assert Proofs(built_course).prove().prove().graded == 1
    assert Proofs(course).prove().graded == 0


def test_it_is_proved_again_for_another_assignment_or_configuration_and_when_asked_to(
    course: TinyCourse, cache: Path
) -> None:
    proofs = Proofs(course).prove()
    assert proofs.prove("2").graded == 2
    course.configure(more="# changed\n")
    assert proofs.prove("2").graded == 3
    assert proofs.prove("2", anew=True).graded == 4


@pytest.mark.parametrize("damage", [b"", b"02_tiny", b"\xff\n02_tiny"])
def test_a_proof_that_is_damaged_counts_for_none(built_course: TinyCourse, cache: Path, damage: bytes) -> None:
    proofs = Proofs(built_course).prove()
    (kept,) = (cache / "proofs").iterdir()
    kept.write_bytes(damage)
    assert proofs.prove().prove().graded == 2


def test_a_reference_that_failed_is_graded_again_each_time(built_course: TinyCourse, cache: Path) -> None:
    proofs = Proofs(built_course, failure="out of memory")
    for _ in range(2):
        with pytest.raises(CourseError, match="could not be graded: out of memory"):
            proofs.prove()
    assert proofs.graded == 2


def test_where_nothing_can_be_kept_it_is_proved_each_time(
    built_course: TinyCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINYTORCH_CACHE", os.devnull)
    assert Proofs(built_course).prove().prove().graded == 2
