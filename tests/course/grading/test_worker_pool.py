"""Workers that are killed, or interrupted: each is replaced, and its submission graded by another."""

from __future__ import annotations

import csv
import os
import select
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from tests.helpers.hand_in import hand_in_each
from tests.helpers.tiny_course import GradedClass, TinyCourse
from tinytorch.course.grading.worker_pool import MOST_ASIDE, Lost, Pool, TooLong, _Task

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


def test_a_pool_is_ending_once_no_task_waits_and_a_worker_has_none(tmp_path: Path) -> None:
    with Pool(2, lambda: handler(tmp_path / "once")) as pool:
        for task in range(4):
            pool.submit(task)
        assert not pool.is_ending
        ending = [pool.is_ending for _ in pool.finished()]
    assert ending == sorted(ending)  # and it does not begin again
    assert ending[-1]
    assert not ending[0]


def test_a_worker_is_at_its_next_task_while_the_outcome_of_the_last_one_is_dealt_with() -> None:
    heard, tell = os.pipe()

    def handle(task: int) -> int:
        os.write(tell, bytes([task]))
        return task

    with Pool(1, lambda: handle) as pool:
        for task in (1, 2):
            pool.submit(task)
        outcomes = pool.finished()
        assert next(outcomes) == (1, 1)
        begun = [os.read(heard, 1) for _ in range(2) if select.select([heard], [], [], 30)[0]]
        assert begun == [b"\1", b"\2"]
        assert list(outcomes) == [(2, 2)]
    os.close(heard)
    os.close(tell)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_short_task_waits_for_none_that_workers_are_at(tmp_path: Path, workers: int) -> None:
    with Pool(workers, lambda: waits_for(tmp_path)) as pool:
        for task in ("long a", "long b", "long c"):
            pool.submit(task)
        pool.submit(1, first=True)
        pool.submit(2, first=True)
        outcomes = pool.finished()
        assert [next(outcomes), next(outcomes)] == [(2, 2), (1, 1)]
        for task in ("long a", "long b", "long c"):
            (tmp_path / task).touch()
        assert dict(outcomes).keys() == {"long a", "long b", "long c"}


def waits_for(folder: Path) -> Callable[[Any], Any]:
    """Return what a worker does in these tests: a task that is a text lasts until there is a file of that name."""

    def handle(task: Any) -> Any:
        while isinstance(task, str) and not (folder / task).exists():
            select.select([], [], [], 0.01)
        return task

    return handle


def test_tasks_that_take_long_hold_no_other_back(tmp_path: Path) -> None:
    with Pool(2, lambda: waits_for(tmp_path), slow_seconds=0.1) as pool:
        for task in ("slow a", "slow b", "slow c", 1, 2, "slow d", 3):
            pool.submit(task)
        done = []
        for task, _ in pool.finished():
            done.append(task)
            if {1, 2, 3} <= set(done):
                for name in "abcd":
                    (tmp_path / f"slow {name}").touch()
    assert set(done[:3]) == {1, 2, 3}
    assert sorted(done[3:]) == ["slow a", "slow b", "slow c", "slow d"]


def test_only_so_many_slow_tasks_go_on_beside_the_others(tmp_path: Path) -> None:
    names = [f"slow {number}" for number in range(9)]
    most = 0

    def report(tasks: Sequence[tuple[Any, float]]) -> None:
        nonlocal most
        most = max(most, len(tasks))
        if len(tasks) == 1 + MOST_ASIDE and all(seconds > 0.3 for _, seconds in tasks):
            for name in names:
                (tmp_path / name).touch()

    with Pool(1, lambda: waits_for(tmp_path), slow_seconds=0.1, report_at_work=report) as pool:
        for name in names:
            pool.submit(name)
        assert sorted(task for task, _ in pool.finished()) == names
    assert most == 1 + MOST_ASIDE


def test_where_all_tasks_take_long_none_is_slow() -> None:
    pool = Pool(1, lambda: str, slow_seconds=20)
    assert pool._is_slow(_Task("x", began=monotonic() - 30))
    pool._seconds[str] += [1.0, 40.0, 50.0]
    assert not pool._is_slow(_Task("x", began=monotonic() - 110))
    assert pool._is_slow(_Task("x", began=monotonic() - 130))
    assert pool._is_slow(_Task(1, began=monotonic() - 30))


def test_a_task_that_takes_longer_than_any_may_is_ended_and_named(tmp_path: Path) -> None:
    with Pool(1, lambda: waits_for(tmp_path), most_seconds=0.2) as pool:
        for task in ("endless", 1):
            pool.submit(task)
        assert list(pool.finished()) == [("endless", TooLong(0.2)), (1, 1)]
    assert "longer than 0.2 s" in str(TooLong(0.2))


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
