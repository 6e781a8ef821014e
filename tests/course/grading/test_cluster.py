"""Grading on a Dask cluster: a real scheduler, and real workers that share no disk with the one who grades."""

from __future__ import annotations

import contextlib
import json
import pickle
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import pytest

import tinytorch.course.grading.cluster
import tinytorch.course.grading.grade
import tinytorch.course.grading.run
from tests.helpers.repository import ROOT
from tests.helpers.tiny_course import GradedClass, TinyCourse, cell_named, contents
from tinytorch.course.grading.assignment import GRADEBOOK, Assignment
from tinytorch.course.grading.cluster import Cluster, grade_here
from tinytorch.course.grading.worker import SubmissionFiles, SubmissionTask, WorkerResult

DASK = Path(sys.executable).with_name("dask")
PLACE = ("--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0")
LONGEST_SECONDS = 120  # a test that waits longer has failed; none takes nearly as long

# The scheduler tells what happens, a line each: its address, workers that come and leave, tasks that begin and end.
TELL = """\
import json
from distributed.diagnostics.plugin import SchedulerPlugin

def tell(*facts):
    print(json.dumps(facts), flush=True)

class Tell(SchedulerPlugin):
    def add_worker(self, scheduler, worker):
        tell("came", scheduler.workers[worker].name)

    def remove_worker(self, scheduler, worker, **kwargs):
        tell("left")

    def transition(self, key, start, finish, *args, worker=None, **kwargs):
        if key.startswith("grade_here-") and finish == "processing":
            tell("begins", self.scheduler.tasks[key].processing_on.name, key)
        elif key.startswith("grade_here-") and finish == "memory":
            tell("ends", self.scheduler.workers[worker].name, key)

def dask_setup(scheduler):
    plugin = Tell()
    plugin.scheduler = scheduler
    scheduler.add_plugin(plugin)
    tell("address", scheduler.address)
"""


class Scheduler:
    """A running `dask scheduler`, and what it tells."""

    def __init__(self, folder: Path) -> None:
        (folder / "tell.py").write_text(TELL, encoding="utf-8")
        self.process = subprocess.Popen(
            [DASK, "scheduler", *PLACE, "--preload", folder / "tell.py"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.told: list[list[str]] = []
        self.address = self.wait_for("address")[1]

    def wait_for(self, what: str) -> list[str]:
        """Return the next thing of a kind that is told."""
        for line in self.process.stdout or ():
            if line.startswith("["):
                self.told.append(json.loads(line))
                if self.told[-1][0] == what:
                    return self.told[-1]
        raise EOFError(f"the scheduler ended before it told of {what!r}")

    def tasks(self, what: str, worker: str) -> set[str]:
        """Return the tasks that a worker began or ended."""
        return {told[2] for told in self.told if told[:2] == [what, worker]}


@contextlib.contextmanager
def running_scheduler(folder: Path) -> Iterator[Scheduler]:
    """Run a scheduler, which ends after a while in any case: who waits for what it tells does not wait for ever."""
    scheduler = Scheduler(folder)
    guard = threading.Timer(LONGEST_SECONDS, scheduler.process.kill)
    guard.start()
    try:
        yield scheduler
    finally:
        guard.cancel()
        scheduler.process.kill()
        scheduler.process.wait()


def far_away(folder: Path, hidden: list[Path]) -> list[str | Path]:
    """Return the beginning of a command that runs in `folder` and sees no `hidden` one, as on another machine."""
    package = folder / "package" / "tinytorch"
    for part in ("__init__.py", "course"):
        source, target = ROOT / "tinytorch" / part, package / part
        target.parent.mkdir(parents=True, exist_ok=True)
        _ = shutil.copytree(source, target) if source.is_dir() else shutil.copyfile(source, target)
    command: list[str | Path] = ["bwrap", "--dev-bind", "/", "/", "--unshare-pid", "--proc", "/proc"]
    for place in hidden:
        command += ["--tmpfs", place]
    command += ["--ro-bind", sys.prefix, sys.prefix, "--bind", folder, folder, "--chdir", folder, "--die-with-parent"]
    for name, place in {"HOME": "home", "TMPDIR": "tmp", "PYTHONPATH": "package"}.items():
        (folder / place).mkdir(exist_ok=True)
        command += ["--setenv", name, folder / place]
    return command


@pytest.fixture
def cluster(tmp_path: Path, graded: GradedClass) -> Iterator[tuple[Scheduler, dict[str, subprocess.Popen[bytes]]]]:
    """A scheduler and two workers, each as if it were a machine of its own."""
    with running_scheduler(tmp_path) as scheduler:
        workers: dict[str, subprocess.Popen[bytes]] = {}
        try:
            for name in ("one", "two"):
                folder = tmp_path / name
                folder.mkdir()
                away = far_away(folder, [Path("/tmp"), tmp_path.parent, graded.course.root.parent, ROOT])
                for unseen in (graded.course.root, graded.folder, ROOT / "src", tmp_path / "tell.py"):
                    assert unseen.exists()
                    subprocess.run([*away, "--", "test", "!", "-e", unseen], check=True)
                work = [DASK, "worker", scheduler.address, "--nthreads", "1", "--no-dashboard", "--name", name]
                with (tmp_path / f"{name}.log").open("wb") as log:
                    workers[name] = subprocess.Popen(
                        [*away, "--", *work, "--host", "127.0.0.1"], stdout=log, stderr=subprocess.STDOUT
                    )
            for _ in workers:
                scheduler.wait_for("came")
            yield scheduler, workers
        finally:
            for worker in workers.values():
                worker.kill()
                worker.wait()


def test_two_workers_without_a_shared_disk_grade_as_one_machine_does_though_one_is_killed(
    graded: GradedClass, cluster: tuple[Scheduler, dict[str, subprocess.Popen[bytes]]], tmp_path: Path
) -> None:
    scheduler, workers = cluster
    output = tmp_path / "out"
    with ThreadPoolExecutor() as beside:
        grading = beside.submit(
            graded.course.tito_process, "grade", graded.folder, "--output", output, "--scheduler", scheduler.address
        )
        grading.add_done_callback(lambda _: scheduler.process.kill())  # nothing is left to be told
        try:
            lost, regraded = kill_one(scheduler, workers)
        except EOFError as error:
            pytest.fail(f"{error}: {grading.result()}")
        result = grading.result()
    assert lost, "the killed worker had nothing to do"
    assert lost <= regraded
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert (output / "grades.csv").read_bytes() == (graded.output / "grades.csv").read_bytes()
    pages, local_pages = (
        {name: page for name, page in contents(place / "feedback").items() if name.endswith(".html")}
        for place in (output, graded.output)
    )
    del pages["prints/02_tiny/tiny.html"]  # it prints its stack, with the place of the package where it ran
    assert pages.items() <= local_pages.items()
    assert len(pages) == len(local_pages) - 1


def kill_one(scheduler: Scheduler, workers: dict[str, subprocess.Popen[bytes]]) -> tuple[set[str], set[str]]:
    """Kill a worker when both have graded something; give what it left undone, and what the other one graded."""
    killed = ""
    while not (scheduler.tasks("ends", "one") and scheduler.tasks("ends", "two")):
        killed = scheduler.wait_for("ends")[1]  # it has the next one now
    workers[killed].kill()
    scheduler.wait_for("left")
    lost = scheduler.tasks("begins", killed) - scheduler.tasks("ends", killed)
    (other,) = set(workers) - {killed}
    while not lost <= scheduler.tasks("ends", other):
        scheduler.wait_for("ends")
    return lost, scheduler.tasks("ends", other)


def test_after_a_test_was_mended_the_cluster_decides_it_anew(course: TinyCourse, tmp_path: Path) -> None:
    nbformat.write(course.filled(), tmp_path / "right.ipynb")
    nbformat.write(
        course.filled(double="#| export\ndef double(x):\n    return 2 * x if x < 100 else 0\n"),
        tmp_path / "small.ipynb",
    )
    course.tito("grade", tmp_path, "--module", "02", check=True)
    source = course.root / "src" / "02_tiny" / "02_tiny.py"
    text = source.read_text(encoding="utf-8")
    mended = text.replace("secret_input_one = 1234567", "secret_input_one = 12").replace("== 2469134", "== 24")
    source.write_text(mended, encoding="utf-8")
    course.tito("build", "02", check=True)
    with running_scheduler(tmp_path) as scheduler:
        work = [DASK, "worker", scheduler.address, "--nthreads", "1", "--no-dashboard", *PLACE[:2]]
        worker = subprocess.Popen(work, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            scheduler.wait_for("came")
            result = course.tito("regrade", "02", "--scheduler", scheduler.address, check=True)
            for _ in range(2):
                scheduler.wait_for("ends")
        finally:
            worker.terminate()
            worker.wait()
    assert ["small", "double-more", "0", "6"] in [line.split() for line in result.stdout.splitlines()]
    assert "double-more: graded again for 2 students, 1 scores changed" in result.stdout


@pytest.mark.parametrize("why", ["no scheduler", "no workers", "no address"])
def test_where_nobody_can_grade_one_sentence_says_so_and_nothing_is_changed(
    course: TinyCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    monkeypatch.setattr(tinytorch.course.grading.cluster, "CONNECT_SECONDS", 1.0)
    nbformat.write(course.filled(), tmp_path / "amy.ipynb")
    before = contents(course.root)
    with contextlib.ExitStack() as stack:
        address, said = "here", "No Dask scheduler answers at here"
        if why == "no scheduler":
            taken = stack.enter_context(socket.socket())
            taken.bind(("127.0.0.1", 0))  # nobody listens there, and nobody else will
            address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
            said = f"No Dask scheduler answers at {address}"
        elif why == "no workers":
            address = stack.enter_context(running_scheduler(tmp_path)).address
            said = f"The scheduler at {address} has no workers: start some with `dask worker {address}`."
        result = course.tito("grade", tmp_path, "--scheduler", address)
    assert result.returncode == 1
    assert result.stderr.startswith(f"tito: {said}")
    assert result.stderr.count("\n") == 1
    assert contents(course.root) == before


def test_what_travels_is_the_assignment_and_one_submission_at_a_time(
    course: TinyCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = course.root / "nbgrader_config.py"
    with config.open("a", encoding="utf-8") as file:
        file.write('c.CourseDirectory.db_url = "postgresql://teacher:sesame@secrets.invalid/gradebook"\n')
        file.write('c.Exchange.root = "/srv/sesame"\nc.PluginOfOurOwn.password = "sesame"\n')
        file.write('c.RecordGrades.trusted = ["sesame"]\n')
    students = {"alice": b"the answer of alice", "bob": b"the answer of bob"}
    for student, answer in students.items():
        notebook = course.filled()
        cell_named(notebook, "why").source = answer.decode()
        nbformat.write(notebook, tmp_path / f"{student}.ipynb")
    tasks: list[SubmissionTask] = []
    sent: list[tuple[bytes, bytes]] = []

    class Recorded:
        """Stands for a cluster; keeps what goes over the wire."""

        def __init__(self, address: str, assignment: Assignment, most_seconds: float) -> None:
            self.assignment = assignment

        def __enter__(self) -> Recorded:
            return self

        def __exit__(self, *error: object) -> None:
            pass

        def submit(self, task: SubmissionTask) -> None:
            tasks.append(task)
            sent.append((pickle.dumps(self.assignment), pickle.dumps(task.read())))

        def batches(self) -> Iterator[list[tuple[SubmissionTask, WorkerResult]]]:
            for task, (assignment, submission) in zip(tasks, sent, strict=True):
                yield [(task, grade_here(pickle.loads(assignment), pickle.loads(submission)))]

    monkeypatch.setattr(tinytorch.course.grading.grade, "check_scheduler", lambda address: None)
    monkeypatch.setattr(tinytorch.course.grading.run, "Cluster", Recorded)
    graded = course.tito("grade", tmp_path, "--output", tmp_path / "out", "--scheduler", "tcp://there:1", check=True)
    assert "graded 2/2" in graded.stdout

    submissions = {}
    for assignment, handed_in in sent:
        for secret in (b"sesame", b"alice", b"bob", str(course.root).encode()):
            assert secret not in assignment
        gradebook = tmp_path / "gradebook.db"
        gradebook.write_bytes(pickle.loads(assignment).files[GRADEBOOK])
        assert rows(gradebook) == {"student": 0, "submitted_assignment": 0, "grade": 0, "comment": 0, "assignment": 1}
        submissions[pickle.loads(handed_in).student] = handed_in
    assert set(submissions) == set(students)
    for student, answer in students.items():
        assert set(pickle.loads(submissions[student]).files) == {"tiny.ipynb"}
        assert [other for other in students.values() if other in submissions[student]] == [answer]
        assert b"sesame" not in submissions[student]


def rows(gradebook: Path) -> dict[str, Any]:
    """Count what a gradebook has in its tables about people, and its assignments."""
    with contextlib.closing(sqlite3.connect(gradebook)) as database:
        tables = ("student", "submitted_assignment", "grade", "comment", "assignment")
        return {table: database.execute(f"select count(*) from {table}").fetchone()[0] for table in tables}


GOES_ON = threading.Event()


def stuck(assignment: Assignment, submission: SubmissionFiles) -> WorkerResult:
    """What a worker is at that never ends by itself."""
    GOES_ON.wait()
    return WorkerResult(submission.student)


def test_a_worker_without_a_result_is_not_waited_for_for_ever_and_its_student_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from distributed import LocalCluster

    monkeypatch.setattr(tinytorch.course.grading.cluster, "grade_here", stuck)
    assignment = Assignment("02_tiny", {}, {}, ())
    here = LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None)
    with here, Cluster(here.scheduler_address, assignment, most_seconds=1.0) as cluster:
        for student in ("ada", "bob"):
            cluster.submit(SubmissionTask(student, "tiny.ipynb", tmp_path))
        try:
            results = [result for batch in cluster.batches() for result in batch]
        finally:
            GOES_ON.set()
    assert sorted(task.student for task, _ in results) == ["ada", "bob"]  # in whichever order
    assert {result.failure for _, result in results} <= {
        "its worker had no result within 1 s: restart the worker, and run this again",
        "no worker took it within 1 s: start workers, and run this again",
    }
