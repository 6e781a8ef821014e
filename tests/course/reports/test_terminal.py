"""What `tito grade` prints."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from tests.helpers.results import result_of
from tests.helpers.tiny_course import GradedClass
from tinytorch.course.layout import Module
from tinytorch.course.notes import Note
from tinytorch.course.reports.results import ClassResults
from tinytorch.course.reports.terminal import GradingProgress, print_report


def test_the_report_has_a_row_per_student_and_the_most_failed_test_first(graded: GradedClass) -> None:
    lines = graded.run.stdout.splitlines()
    said = [line.split() for line in lines if line.startswith("graded ")]
    assert [place for _, place, *_ in said] == [f"{done}/14" for done in range(1, 15)]
    assert ["answers", "20/20"] in [rest for _, _, *rest in said]
    row = next(line for line in lines if line.startswith("answers "))
    assert row.split() == ["answers", "20", "/", "20", "3", "of", "3", "1", "to", "grade", "by", "hand"]
    tests = lines[lines.index("02_tiny: tests, the one most often failed first") + 2 :]
    assert [line.split()[0] for line in tests[:3]] == ["double-more", "pair-total-right", "double-number"]
    assert "6 of 14" in tests[0]
    assert "\x1b" not in graded.run.stdout


def test_the_terminal_names_the_commonest_failure_of_a_test(graded: GradedClass) -> None:
    row = next(line for line in graded.run.stdout.splitlines() if line.startswith("pair-total-right "))
    assert re.search(r"\d+ of 14  \S", row)


def test_brackets_of_students_are_no_markup_of_the_terminal_s(capsys: pytest.CaptureFixture[str]) -> None:
    said = "`data[/etc]` reaches [red]for[/red] files"
    student = result_of("ann", 1, message="KeyError: [/x]", notes=[Note("flag", "dataset", said)])
    print_report(Console(width=200, force_terminal=True), ClassResults(Module("05_dataloader", Path()), [student]))
    shown = capsys.readouterr().out
    assert said in shown
    assert "KeyError: [/x]" in shown


def test_a_pipe_hears_every_twenty_seconds_who_is_still_being_graded(capsys: pytest.CaptureFixture[str]) -> None:
    with GradingProgress(Console()) as progress:
        for seconds in range(0, 65, 5):
            progress.at_work([("ann", seconds), ("bob", max(0, seconds - 30))])
    assert capsys.readouterr().out.splitlines() == [
        "still grading ann (20 s)",
        "still grading ann (40 s)",
        "still grading bob (20 s)",
        "still grading ann (60 s)",
    ]


def test_the_bar_of_a_terminal_names_who_is_being_graded() -> None:
    with GradingProgress(Console(width=200, force_terminal=True, file=io.StringIO())) as progress:
        progress.at_work([("ann", 1.0), ("bob", 2.0)])
        assert progress.bar.tasks[0].description == "grading ann, bob"
        progress(1, 2, result_of("ann", 1))
        progress.at_work([("bob", 2.0)])
        assert re.fullmatch(r"ann \S+; grading bob", progress.bar.tasks[0].description)
