"""After a test was mended, `tito regrade` changes what that test decides, and nothing else."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from tiny_course import TinyCourse, cell_named, contents

from tinytorch.course.gradebook.record import Recorder
from tinytorch.course.reports.student_page import PageWriter

# Right below 100 only: the hidden test of the second cell, which asks for a large number, finds it out
SMALL_ONLY = "#| export\ndef double(x):\n    return 2 * x if x < 100 else 7 * x\n"
BY_HAND = 1.5


def rows(course: TinyCourse) -> dict[tuple[str, str], tuple[float | None, float | None]]:
    """Give each automatic and manual score in the gradebook, by student and cell."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "tinytorch") as gradebook:
        return {
            (submission.student_id, grade.name): (grade.auto_score, grade.manual_score)
            for submission in gradebook.assignment_submissions("02_tiny")
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def mend(course: TinyCourse, before: str, after: str) -> None:
    source = course.root / "src" / "02_tiny" / "02_tiny.py"
    text = source.read_text(encoding="utf-8")
    assert text.count(before) == 1
    source.write_text(text.replace(before, after), encoding="utf-8")
    course.tito("build", "02", check=True)


@pytest.fixture
def graded(course: TinyCourse, tmp_path: Path) -> TinyCourse:
    """A class of three, one of them with a score and a comment given by hand."""
    for student, answer in (("amy", SMALL_ONLY), ("bob", None), ("cid", SMALL_ONLY)):
        notebook = course.filled() if answer is None else course.filled(double=answer)
        cell_named(notebook, "why").source = "Because."
        nbformat.write(notebook, tmp_path / f"{student}.ipynb")
    course.tito("grade", tmp_path, "--module", "02", check=True)
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "tinytorch") as gradebook:
        gradebook.find_grade("why", "tiny", "02_tiny", "amy").manual_score = BY_HAND
        gradebook.find_comment("why", "tiny", "02_tiny", "amy").manual_comment = "Say more."
        gradebook.db.commit()
    return course


def test_only_what_the_mended_test_decides_is_changed(graded: TinyCourse) -> None:
    before, notebooks = rows(graded), contents(graded.root / "autograded")
    mend(graded, "secret_input_one = 1234567", "secret_input_one = 12")
    mend(graded, "== 2469134", "== 24")
    result = graded.tito("regrade", "02", check=True)
    after = rows(graded)
    changed = {key for key in after if after[key] != before[key]}
    assert changed == {("amy", "double-more"), ("cid", "double-more")}
    assert {after[key] for key in changed} == {(6.0, None)}
    assert after["amy", "why"][1] == BY_HAND
    assert "double-more: graded again for 3 students, 2 scores changed" in result.stdout
    assert ["amy", "double-more", "0", "6"] in [line.split() for line in result.stdout.splitlines()]
    for path, content in contents(graded.root / "autograded").items():
        if path.endswith(".ipynb"):
            cells = [nbformat.reads(each.decode(), as_version=4).cells for each in (notebooks[path], content)]
            differing = [old.metadata.nbgrader.grade_id for old, new in zip(*cells, strict=True) if old != new]
            assert set(differing) <= {"double-more"}
    page = (graded.root / "feedback" / "amy" / "02_tiny" / "tiny.html").read_text(encoding="utf-8")
    assert "Say more." in page


def test_again_there_is_nothing_to_do_for_regrade_or_for_grade(
    graded: TinyCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mend(graded, "1234567", "1234568")
    mend(graded, "== 2469134", "== 2469136")
    graded.tito("regrade", "02", check=True)
    before = rows(graded)
    written: list[str] = []
    monkeypatch.setattr(PageWriter, "write", lambda self, student: written.append(student))
    assert "nothing was changed" in graded.tito("regrade", "02", check=True).stdout
    graded.tito("grade", tmp_path, "--module", "02", check=True)
    assert rows(graded) == before
    assert written == []


def test_a_regrade_that_stopped_before_a_result_was_recorded_goes_on_with_it(
    graded: TinyCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(graded)
    mend(graded, "secret_input_one = 1234567", "secret_input_one = 12")
    mend(graded, "== 2469134", "== 24")
    record = Recorder.record

    def fill_the_disk(recorder: Recorder, student: str, *result: Any) -> NotebookNode:
        if student == "cid":
            raise OSError(errno.ENOSPC, "No space left on device")
        return record(recorder, student, *result)

    with monkeypatch.context() as patch:
        patch.setattr(Recorder, "record", fill_the_disk)
        stopped = graded.tito("regrade", "02", "--workers", "1")
    assert stopped.returncode == 1
    assert "No space left" in stopped.stderr
    assert rows(graded)["cid", "double-more"] == before["cid", "double-more"]
    graded.tito("regrade", "02", check=True)
    after = rows(graded)
    assert {key for key in after if after[key] != before[key]} == {("amy", "double-more"), ("cid", "double-more")}
    assert "nothing was changed" in graded.tito("regrade", "02", check=True).stdout


def test_a_change_that_others_hang_on_is_refused(graded: TinyCourse) -> None:
    before = rows(graded)
    mend(graded, 'test="double-number" points=4', 'test="double-number" points=5')
    result = graded.tito("regrade", "02")
    assert result.returncode == 1
    assert "double-number" in result.stderr
    assert "use `tito grade`" in result.stderr
    assert rows(graded) == before
