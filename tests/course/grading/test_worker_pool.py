"""Workers that are killed, or interrupted: each is replaced, and its submission graded by another."""

from __future__ import annotations

import csv
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.hand_in import hand_in_each
from tests.helpers.tiny_course import GradedClass, TinyCourse
from tinytorch.course.grading.worker_pool import Lost, Pool

ALL = {"points": 20, "max_points": 20, "double-number": 4, "double-more": 6, "pair-total-right": 10}
# A preprocessor of the course that kills the worker it runs in, for some students each time, for some the first time
DEADLY = """
import os, pathlib, signal
from nbgrader.preprocessors import NbGraderPreprocessor

class KillWorker(NbGraderPreprocessor):
    def preprocess(self, nb, resources):
        student = resources["nbgrader"]["student"]
        seen = pathlib.Path(__file__).with_name(f"seen-{student}")
        if student.startswith("kills-always") or student.startswith("kills-once") and not seen.exists():
            seen.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return nb, resources
"""


def handler(fatal: Path) -> Callable[[Any], Any]:
    """Return what a worker does in these tests: double a number, or end itself."""

    def handle(task: Any) -> Any:
        if task == "dies" or (task == "dies once" and not fatal.exists()):
            fatal.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return task * 2

    return handle


def test_a_worker_that_is_killed_is_replaced_and_its_task_done_by_another(tmp_path: Path) -> None:
    with Pool(2, lambda: handler(tmp_path / "once")) as pool:
        for task in (1, "dies once", 2, 3):
            pool.submit(task)
        assert dict(pool.finished()) == {1: 2, "dies once": "dies oncedies once", 2: 4, 3: 6}


def test_a_task_whose_worker_dies_each_time_is_reported_and_the_others_are_done(tmp_path: Path) -> None:
    with Pool(2, lambda: handler(tmp_path / "once")) as pool:
        for task in (1, "dies", 2, 3):
            pool.submit(task)
        outcomes = dict(pool.finished())
    assert outcomes == {1: 2, "dies": Lost(-signal.SIGKILL), 2: 4, 3: 6}


def test_a_killed_worker_costs_nobody_a_point(course: TinyCourse, orphans: Callable[[], list[str]]) -> None:
    (course.root / "deadly.py").write_text(DEADLY, encoding="utf-8")
    course.configure(more='c.Autograde.autograde_preprocessors.insert(0, "deadly.KillWorker")\n')
    wrong = "#| export\ndef double(x):\n    return 2 * x if x < 100 else 7 * x\n"
    folder = hand_in_each(course, kills_always={}, kills_once={}, kills_once_and_is_wrong={"double": wrong}, right={})
    run = course.tito_process("grade", folder)
    assert run.returncode == 1
    assert run.stderr == (
        "tito: 1 of 4 submissions could not be graded (kills-always): see the reasons under the table.\n"
    )
    assert "kills-always: the grader's own process ended by signal 9, 2 times" in run.stdout
    graded = GradedClass(course, folder, course.root, run)
    assert graded.points("kills-once") == graded.points("right") == ALL
    assert graded.points("kills-once-and-is-wrong") == {**ALL, "points": 14, "double-more": 0}
    with (course.root / "grades.csv").open(encoding="utf-8", newline="") as file:
        (lost,) = [row for row in csv.DictReader(file) if row["student_id"] == "kills-always"]
    assert {lost[name] for name in ALL} == {""}
    assert orphans() == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_that_meets_an_object_being_removed_is_heard_all_the_same() -> None:
    class Presses:
        def __del__(self) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            len("")  # where Python raises it, and drops it

    def run() -> None:
        with Pool(1, lambda: lambda task: task) as pool:
            for task in (1, 2):
                pool.submit(task)
            for task, _ in pool.finished():
                seen.append(task)
                Presses()

    seen: list[int] = []
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            run()
        assert seen == [1]
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
