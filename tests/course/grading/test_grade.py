"""Grading: the verdict is right, whatever is in the notebook or lies beside it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest

from tests.helpers.tiny_course import TIMEOUT_SECONDS, GradedClass, TinyCourse, cell_named, contents, explore_cell

ALL = {"points": 20, "max_points": 20, "double-number": 4, "double-more": 6, "pair-total-right": 10}
NONE = {**ALL, "points": 0, "double-number": 0, "double-more": 0, "pair-total-right": 0}


def test_grading_a_whole_class_succeeds(graded: GradedClass) -> None:
    assert graded.run.returncode == 0, graded.run.stderr
    assert graded.run.stderr == ""


@pytest.mark.parametrize("student", ["right", "warns", "explores", "hugs", "answers"])
def test_a_correct_submission_gets_all_points(graded: GradedClass, student: str) -> None:
    assert graded.points(student) == ALL


def test_a_submission_that_reads_the_source_of_tests_is_held_back(graded: GradedClass) -> None:
    assert graded.points("prints") == NONE
    assert "`import traceback; print(In[-1])" in graded.run.stdout


@pytest.mark.parametrize("student", ["untouched", "skips", "imports", "disguises"])
def test_a_notebook_without_answers_gets_none(graded: GradedClass, student: str) -> None:
    assert graded.points(student) == NONE


def test_a_faulty_step_loses_its_own_points_only(graded: GradedClass) -> None:
    assert graded.points("wrong") == {**ALL, "points": 14, "double-more": 0}


def test_a_syntax_error_in_step_1_keeps_the_points_of_step_2(graded: GradedClass) -> None:
    assert graded.points("broken-step-1") == {**NONE, "points": 10, "pair-total-right": 10}


def test_an_endless_loop_costs_its_own_test_only(graded: GradedClass) -> None:
    assert graded.points("slow") == {**ALL, "points": 10, "pair-total-right": 0}
    assert f"this cell ran longer than {TIMEOUT_SECONDS} s and was stopped" in graded.page("slow")


def test_an_unchanged_explore_cell_is_passed_over_and_an_edited_one_runs(graded: GradedClass) -> None:
    unchanged = explore_cell(graded.ran("right"))
    assert unchanged.execution_count is None
    assert unchanged.outputs == []
    ran = [output.text for cell in graded.ran("explores").cells for output in cell.get("outputs", [])]
    assert "the edited explore cell ran\n" in ran


def test_what_a_submission_warns_stays_to_be_read(graded: GradedClass) -> None:
    assert "UserWarning: mind" in graded.page("warns")


def test_the_reference_cannot_be_imported_in_place_of_an_answer(graded: GradedClass) -> None:
    output = cell_named(graded.ran("imports"), "double").outputs[0]
    assert output.ename == "ModuleNotFoundError"
    assert "tinytorch.core.tiny" in output.evalue


def test_only_the_notebook_is_collected(graded: GradedClass) -> None:
    for step, more in {"submitted": {"handed_in.json"}, "autograded": set()}.items():
        names = {Path(name).name for name in contents(graded.output / step)}
        assert names == {"tiny.ipynb", "timestamp.txt", "submission_secret.txt"} | more


def test_grading_leaves_the_course_folder_alone(graded: GradedClass) -> None:
    names = {path.name for path in graded.course.root.iterdir()}
    assert not names & {"submitted", "autograded", "feedback", "grades.csv"}


def test_plain_nbgrader_folders_are_graded_in_place_and_again(course: TinyCourse) -> None:
    submitted = course.root / "submitted" / "zoe" / "02_tiny"
    submitted.mkdir(parents=True)
    nbformat.write(course.filled(), submitted / "tiny.ipynb")
    (submitted / "timestamp.txt").write_text("2026-01-02 03:04:05.000006 UTC", encoding="utf-8")
    first = course.tito("grade", "submitted", check=True).stdout
    files = contents(course.root / "submitted")
    assert files["zoe/02_tiny/timestamp.txt"] == b"2026-01-02 03:04:05.000006 UTC"
    assert len(files["zoe/02_tiny/submission_secret.txt"]) == 128
    assert course.tito("grade", "submitted", check=True).stdout == first
    assert contents(course.root / "submitted") == files


def test_a_submission_that_nbgrader_cannot_grade_stops_no_other_and_is_named(course: TinyCourse) -> None:
    for name in ("ann", "bea"):
        submitted = course.root / "submitted" / name / "02_tiny"
        submitted.mkdir(parents=True)
        nbformat.write(course.filled(), submitted / "tiny.ipynb")
    (course.root / "submitted" / "ann" / "02_tiny" / "timestamp.txt").write_text("tomorrow, perhaps", encoding="utf-8")
    result = course.tito("grade", "submitted")
    assert result.returncode == 1
    assert "bea 20/20" in result.stdout
    assert result.stderr.count("\n") == 1
    assert "timestamp.txt holds no time" in result.stdout
    assert "1 of 2 submissions could not be graded (ann)" in result.stderr
    rows = (course.root / "grades.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert rows[0].startswith("ann,,,,,,,,")
    assert re.fullmatch(r'bea,20,20,4,6,10,0,0,"\S+ \S+ UTC \(.*\), by the file.s date",', rows[1])


def _whole(course: TinyCourse) -> str:
    return json.dumps(nbformat.from_dict(course.filled()))


def _tensor(course: TinyCourse) -> str:
    return (course.root / "modules" / "01_tensor" / "tensor.ipynb").read_text(encoding="utf-8")


BAD_FOLDERS = {
    "missing": (lambda course: None, "There is no folder"),
    "empty": (lambda course: {}, "holds no notebooks"),
    "no notebook": (lambda course: {"alice.txt": "hello"}, "holds no notebooks"),
    "not json": (lambda course: {"amy.ipynb": _whole(course), "bob.ipynb": "not json"}, "bob.ipynb"),
    "truncated": (
        lambda course: {"amy.ipynb": _whole(course), "bob/tiny.ipynb": _whole(course)[:900]},
        "bob/tiny.ipynb",
    ),
    "no notebook format": (lambda course: {"amy.ipynb": _whole(course), "bob.ipynb": '{"cells": 3}'}, "bob.ipynb"),
    "zero bytes": (lambda course: {"amy.ipynb": _whole(course), "bob/02_tiny/tiny.ipynb": ""}, "tiny.ipynb"),
    "impossible name": (lambda course: {"a+b.ipynb": _whole(course)}, "'a+b' cannot be a student's id"),
    "pattern as name": (lambda course: {"a[b].ipynb": _whole(course)}, "'a[b]' cannot be a student's id"),
    "misnamed": (
        lambda course: {"amy.ipynb": _whole(course), "bob/my.ipynb": json.dumps(nbformat.v4.new_notebook())},
        "must be called tiny.ipynb",
    ),
    "no notebook of a student": (
        lambda course: {"amy.ipynb": _whole(course), "bob/answers.txt": "hello"},
        "no notebook was handed in but answers.txt",
    ),
    "two modules": (lambda course: {"amy/tiny.ipynb": _whole(course), "bob/tensor.ipynb": _tensor(course)}, "--module"),
    "unknown": (lambda course: {"amy.ipynb": json.dumps(nbformat.v4.new_notebook())}, "--module"),
}


@pytest.mark.parametrize("case", BAD_FOLDERS)
def test_a_bad_folder_is_refused_in_one_sentence_and_changes_nothing(course: TinyCourse, case: str) -> None:
    make, said = BAD_FOLDERS[case]
    files = make(course)
    folder = course.root / "handed_in"
    for name, text in (files or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    if files is not None:
        folder.mkdir(exist_ok=True)
    before = contents(course.root)
    result = course.tito("grade", "handed_in")
    assert result.returncode == 1
    assert result.stderr.startswith("tito: ")
    assert result.stderr.count("\n") == 1
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert contents(course.root) == before


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("amy.ipynb", "amy.ipynb is a file: give the folder that holds the submissions."),
        ("05", "There is no folder 05: give the one that holds the submissions."),
        (
            "02",
            "02 names the module 02_tiny, and there is no folder of that name: give the folder of submissions, such as "
            "`tito grade handed_in/ --module 02`.",
        ),
        (
            "tiny",
            "tiny names the module 02_tiny, and there is no folder of that name: give the folder of submissions, such "
            "as `tito grade handed_in/ --module 02`.",
        ),
    ],
)
def test_what_is_given_in_place_of_a_folder_is_said(course: TinyCourse, given: str, said: str) -> None:
    nbformat.write(course.filled(), course.root / "amy.ipynb")
    before = contents(course.root)
    result = course.tito("grade", given)
    assert result.returncode == 1
    assert result.stderr == f"tito: {said}\n"
    assert contents(course.root) == before


def test_a_folder_that_is_called_as_a_module_is_a_folder(course: TinyCourse) -> None:
    (course.root / "02").mkdir()
    assert "02 holds no notebooks" in course.tito("grade", "02").stderr


def test_grading_without_the_source_is_refused_in_one_sentence(course: TinyCourse, tmp_path: Path) -> None:
    nbformat.write(course.filled(), tmp_path / "amy.ipynb")
    shutil.rmtree(course.root / "src")
    before = contents(course.root)
    result = course.tito("grade", tmp_path)
    assert result.returncode == 1
    assert "grade in the instructor's course folder" in result.stderr
    assert contents(course.root) == before
