"""The result of one hand-in in the forms that platforms read, held to what their documentation says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest

from tests.helpers.leaks import find_leaks, hidden_lines
from tests.helpers.tiny_course import TinyCourse
from tinytorch.course.authoring.build import read_source
from tinytorch.course.layout import CourseError, Module
from tinytorch.course.notes import Note
from tinytorch.course.reports.results import ClassResults, StudentResult, TestResult
from tinytorch.course.reports.results_json import write_results_json

NOW = datetime(2026, 11, 29, 4, 15, tzinfo=UTC)
RUNNER = {
    "CLASSROOM": "cs",
    "ASSIGNMENT": "dataloader",
    "SUBMISSION_TAG": "submit/2026-11-29T04-14-59Z-a1b2c3d",
    "COMMIT_URL": "commit",
    "RELEASE_URL": "release",
}
ADA = StudentResult(
    "ada",
    [TestResult("5a", 4.0, 4.0), TestResult("5b", 0.0, 6.0, "AssertionError: Step 5: expected (2, 3), got (3, 2)")],
    written=1,
    notes=[Note("note", "5b", "the cell was put back")],
)


def write(path: Path, *students: StudentResult, form: str, environment: dict[str, str] | None = None) -> dict:
    results = ClassResults(Module("05_dataloader", path.parent), list(students))
    write_results_json(results, path, form, RUNNER if environment is None else environment, NOW)
    return json.loads(path.read_text(encoding="utf-8"))


def test_gradescope_gets_a_score_and_each_test_with_its_message(tmp_path: Path) -> None:
    written = write(tmp_path / "results.json", ADA, form="gradescope")
    assert written["score"] == 4
    assert [(test["name"], test["score"], test["max_score"], test["status"]) for test in written["tests"]] == [
        ("5a", 4, 4, "passed"),
        ("5b", 0, 6, "failed"),
    ]
    assert written["tests"][1]["output"] == "Step 5: expected (2, 3), got (3, 2)"
    assert written["output"].splitlines() == [
        "5b: the cell was put back",
        "1 written answers are graded by hand and are not in this score.",
    ]


def test_classroom_50_gets_what_its_contract_asks_for(tmp_path: Path) -> None:
    written = write(tmp_path / "result.json", ADA, form="classroom50")
    assert written["schema"] == "classroom50/result/v1"
    assert {written[name] for name in ("classroom", "assignment", "commit", "review", "release")} == {
        "cs", "dataloader", "commit", "release"
    }  # fmt: skip
    assert (written["score"], written["max-score"], written["datetime"]) == (4, 10, "2026-11-29T04:15:00Z")
    assert all(type(written[name]) is int for name in ("score", "max-score"))
    assert [(test["test-name"], test["passed"], test["score"], test["max-score"]) for test in written["tests"]] == [
        ("5a", True, 4, 4),
        ("5b", False, 0, 6),
    ]


def test_who_is_held_back_is_told_so(tmp_path: Path) -> None:
    held = StudentResult("eve", [TestResult("5a", 0.0, 4.0)], held_back=True)
    written = write(tmp_path / "results.json", held, form="gradescope")
    assert written["output"] == "The points are held back until a person has looked at this hand-in."


@pytest.mark.parametrize(
    ("students", "form", "environment", "words"),
    [
        ([ADA, ADA], "gradescope", {}, "is for one hand-in, and 2 were graded"),
        ([ADA], "moodle", {}, "no form 'moodle' of a result: choose gradescope or classroom50"),
        ([ADA], "classroom50", {}, "Classroom 50 sets CLASSROOM, ASSIGNMENT, SUBMISSION_TAG, COMMIT_URL, RELEASE_URL"),
        ([StudentResult("ada", [TestResult("5a", 0.5, 1.0)])], "classroom50", RUNNER, "takes whole points only"),
    ],
)
def test_what_a_form_cannot_hold_is_refused(
    tmp_path: Path, students: list[StudentResult], form: str, environment: dict[str, str], words: str
) -> None:
    with pytest.raises(CourseError, match=words):
        write(tmp_path / "results.json", *students, form=form, environment=environment)
    assert not (tmp_path / "results.json").exists()


def test_tito_grade_writes_it_and_no_line_of_a_hidden_test(course: TinyCourse, tmp_path: Path) -> None:
    (tmp_path / "handed_in").mkdir()
    nbformat.write(
        course.filled(double="#| export\ndef double(x):\n    return 7 * x\n"), tmp_path / "handed_in" / "ada.ipynb"
    )
    file = tmp_path / "results" / "results.json"
    course.tito("grade", tmp_path / "handed_in", "--output", tmp_path / "out", "--results-json", file, check=True)
    written = json.loads(file.read_text(encoding="utf-8"))
    assert written["score"] == sum(test["score"] for test in written["tests"]) == 10
    source = read_source((course.root / "src" / "02_tiny" / "02_tiny.py").read_text(encoding="utf-8"))
    assert hidden_lines(source)
    assert find_leaks(hidden_lines(source), file.read_text(encoding="utf-8")) == []
    ran = course.tito("grade", tmp_path / "handed_in", "--results-json", file, "--results-form", "moodle")
    assert ran.returncode == 1
