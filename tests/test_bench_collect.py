"""What collecting a class costs: the same for each file in a class of any size, and what `make bench-collect` says."""

from __future__ import annotations

import cProfile
import pstats
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.hand_in import written
from tests.helpers.tiny_course import TinyCourse
from tests.programs import bench_collect
from tinytorch.course.handin.collect import collect_all
from tinytorch.course.layout import Course

SIZES = (20, 60, 100)  # their differences are the same number of files


def download(course: TinyCourse, path: Path, count: int) -> Path:
    """Write a zip of Canvas' with so many hand-ins: every fifth of a student who handed in before."""
    notebook = written(course.filled())
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(count):
            again, student = number % 5 == 4, number - (number % 5 == 4)
            own = notebook.replace("Give twice x.", f"Give twice x, says {number}.")
            archive.writestr(f"student{student}_{1000 + student}_{9000 + number}_tiny{'-1' * again}.ipynb", own)
    return path


@pytest.fixture
def collected(built_course: TinyCourse, tmp_path: Path) -> Callable[[int], Path]:
    """What collects so many hand-ins into a folder of its own."""

    def collect(count: int) -> Path:
        archive = download(built_course, tmp_path / f"{count}.zip", count)
        collect_all(Course(built_course.root), [archive], tmp_path / f"out-{count}")
        return tmp_path / f"out-{count}"

    return collect


def test_a_file_costs_as_many_calls_in_a_large_class_as_in_a_small_one(collected: Callable[[int], Path]) -> None:
    collected(5)  # what is done once
    calls = []
    for size in SIZES:
        profile = cProfile.Profile()
        profile.runcall(collected, size)
        calls.append(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]
    first, second = calls[1] - calls[0], calls[2] - calls[1]
    assert second <= 1.03 * first, f"40 more files cost {first:,} calls at first, then {second:,}"


def test_a_file_is_opened_as_often_in_a_large_class_as_in_a_small_one(collected: Callable[[int], Path]) -> None:
    opened: list[str] = []
    watching = True

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event == "open" and isinstance(arguments[0], str):
            opened.append(str(arguments[0]))

    collected(5)
    sys.addaudithook(watch)  # which nothing takes away again
    counts = []
    for size in SIZES:
        opened.clear()
        collected(size)
        counts.append(len(opened))
    watching = False
    assert counts[1] - counts[0] == counts[2] - counts[1]
    assert counts[2] / SIZES[2] < 12  # in the zip, unpacked, read twice, and four files written


def test_the_bench_collects_every_hand_in_and_prints_what_that_takes(capsys: pytest.CaptureFixture[str]) -> None:
    bench_collect.main(["--counts", "20"])
    said = capsys.readouterr().out
    assert said.startswith("starting: ")
    assert "20 hand-ins: " in said
