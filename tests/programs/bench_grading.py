"""Grade one class with `nbgrader autograde` and with `tito grade`, and print what each takes: `make bench-grading`.

Both grade the same notebooks of module 05 in the same copy of the course, with the same nbgrader_config.py and so in
the same sandbox, one after the other, in turns. Their scores have to be the same, and what the corpus says.

    python -m tests.programs.bench_grading --count 40 --rounds 3 --write     the rate, into docs/performance.md
    python -m tests.programs.bench_grading --scale 40,200,1000 --write       seconds and memory as the class grows
    python -m tests.programs.bench_grading --cluster 200 --rounds 3 --write  on a Dask cluster, and without one
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import nbformat
import psutil
from distributed import Client
from nbgrader.api import Gradebook

from tests.helpers.corpus import Submission, answers_of, read_corpus
from tests.helpers.performance_page import PAGE, ROOT, describe_machine, spread, write_section
from tests.programs.quickgrade import QuickGrader
from tinytorch.course.authoring.build import write_solution_notebook
from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.sandbox.isolation import check_isolation

POLL_SECONDS = 0.5  # how often memory is looked at, in rounds whose times do not count: to look takes a part of a core
LONGEST_START_SECONDS = 120  # of a cluster
SCALE_POLL_SECONDS = 5.0  # how often in a class of one size, whose times do count
CGROUPS = ("cpuacct", "cpu,cpuacct", ".")  # where Linux counts processor time: version 1, and version 2
# Submissions that lose points for what they give; all others in the class are right.
FAULTY = """
    wrong_always_shuffles wrong_collates_to_arrays wrong_copies_the_dataset wrong_counts_from_the_end
    wrong_crops_the_middle wrong_drops_the_last_batch wrong_flips_always wrong_makes_all_batches_first
    wrong_one_order_for_all_epochs wrong_rounds_len_down wrong_shuffles_the_data wrong_tears_labels_from_images
    wrong_turns_all_to_float
"""
NO_PAGES = """
from tinytorch.course import cli
from tinytorch.course.grading import grade
from tinytorch.course.reports import student_page as feedback
feedback.PageWriter.write = lambda self, student, grades: None
grade.write_outcome = lambda *given: None
cli.main()
"""
Scores = dict[str, dict[str, float]]  # each student's, by test


@dataclass(frozen=True)
class Measured:
    """What one run took, with all processes that it started."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    scores: Scores = field(repr=False)


class Bench:
    """A copy of the course, and the ways to grade a class in it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "course"
        self.root.mkdir()
        for name in ("nbgrader_config.py", "settings.ini"):
            shutil.copyfile(ROOT / name, self.root / name)
        for name in ("modules", "src", "tinytorch"):
            shutil.copytree(ROOT / name, self.root / name, ignore=shutil.ignore_patterns("__pycache__"))
        self.module = Course(self.root).module("05_dataloader")
        write_solution_notebook(self.module)
        self.class_folder, self.output = folder / "class", folder / "graded"
        self.gradebook = self.root / "gradebook.db"
        self._run(self._nbgrader("generate_assignment"))
        self._registered = self.gradebook.read_bytes()
        self.submissions = interleaved(self.module)
        self.poll_seconds: float | None = None  # how often the memory of the next runs is looked at; None for never

    def hand_in(self, count: int) -> dict[str, Submission]:
        """Put `count` submissions where each way to grade looks for them; give them by student."""
        for folder in (self.class_folder, self.root / "submitted"):
            shutil.rmtree(folder, ignore_errors=True)
        self.class_folder.mkdir()
        handed_in = {}
        for number, submission in zip(range(count), itertools.cycle(self.submissions), strict=False):
            student = f"student_{number + 1:04}"
            handed_in[student] = submission
            path = self.class_folder / f"{student}.ipynb"
            nbformat.write(submission.notebook, path)
            submitted = self.root / "submitted" / student / self.module.assignment
            submitted.mkdir(parents=True)
            shutil.copyfile(path, submitted / self.module.notebook_name)
        return handed_in

    def nbgrader(self) -> Measured:
        """Grade with nbgrader's own command, whose gradebook knows the assignment and no student."""
        shutil.rmtree(self.root / "autograded", ignore_errors=True)
        self.gradebook.write_bytes(self._registered)
        return self._measured(self._nbgrader("autograde"), self.gradebook)

    def tito(self) -> Measured:
        """Grade with `tito grade`, which collects, writes pages, tables and a report, too."""
        return self._tito("-m", "tinytorch.course.cli")

    def tito_without_pages(self) -> Measured:
        """Grade with `tito grade`, but let it write no feedback pages, report and files to import."""
        return self._tito("-c", NO_PAGES)

    def tito_again(self) -> Measured:
        """Grade with `tito grade` what was graded before and has not changed."""
        return self._measured(self._grade("-m", "tinytorch.course.cli"), self.output / "gradebook.db")

    def tito_on_cluster(self, address: str) -> Measured:
        """Grade with `tito grade` on the workers of a Dask scheduler."""
        shutil.rmtree(self.output, ignore_errors=True)
        command = [*self._grade("-m", "tinytorch.course.cli"), "--scheduler", address]
        return self._measured(command, self.output / "gradebook.db")

    @contextmanager
    def cluster(self, workers: int) -> Iterator[str]:
        """Run a Dask scheduler with so many worker processes of one thread each; give its address."""
        dask = Path(sys.executable).with_name("dask")
        file = self.output.with_name("scheduler.json")
        place = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        starts = [
            [dask, "scheduler", *place, "--scheduler-file", file],
            [dask, "worker", "--scheduler-file", file, "--nthreads", "1", "--nworkers", str(workers), "--no-dashboard"],
        ]
        environment = {**os.environ, "PYTHONPATH": str(self.root)}
        running = [
            subprocess.Popen(each, cwd=self.root, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            for each in starts
        ]
        try:
            with Client(scheduler_file=str(file), timeout=LONGEST_START_SECONDS) as client:
                client.wait_for_workers(workers, timeout=LONGEST_START_SECONDS)
                address = client.scheduler.address
            yield str(address)
        finally:
            for process in reversed(running):
                process.terminate()
                process.wait()

    def _tito(self, *how: str) -> Measured:
        shutil.rmtree(self.output, ignore_errors=True)
        return self._measured(self._grade(*how), self.output / "gradebook.db")

    def _grade(self, *how: str) -> list[str | Path]:
        arguments = ["grade", self.class_folder, "--module", self.module.number, "--output", self.output]
        return [sys.executable, *how, *arguments]

    def _nbgrader(self, command: str) -> list[str | Path]:
        return [Path(sys.executable).with_name("nbgrader"), command, self.module.assignment]

    def _measured(self, command: list[str | Path], gradebook: Path) -> Measured:
        meter = Meter(self.poll_seconds)
        began = time.perf_counter()
        self._run(command, meter)
        seconds = time.perf_counter() - began
        cpu_seconds = meter.close()
        return Measured(seconds, cpu_seconds, meter.peak_bytes, scores_in(gradebook, self.module))

    def _run(self, command: list[str | Path], meter: Meter | None = None) -> None:
        environment = {**os.environ, "PYTHONPATH": str(self.root)}
        with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
            full = [str(part) for part in (*meter.prefix, *command)] if meter else command
            process = subprocess.Popen(full, cwd=self.root, env=environment, stdout=said, stderr=subprocess.STDOUT)
            if meter:
                meter.watch(process.pid)
            if process.wait():
                said.seek(0)
                sys.exit(f"{command[-1]} failed:\n{said.read()[-4000:]}")


class Meter:
    """Counts the processor time and the memory of a command and of all that it starts, in a sandbox or not.

    In a cgroup, where root may make one. Elsewhere it adds up what it sees of the descendants, which is less: of a
    process that ends between two looks the last part is missing.
    """

    def __init__(self, poll_seconds: float | None) -> None:
        """Count processor time, and look at memory every `poll_seconds`, or never."""
        self.group, self.poll_seconds = make_group(), poll_seconds
        self.prefix = ["sh", "-c", 'echo $$ > "$0" && exec "$@"', self.group / "cgroup.procs"] if self.group else []
        self.peak_bytes = 0
        self._seen: dict[tuple[int, float], float] = {}
        self._over = threading.Event()

    def watch(self, pid: int) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._look, args=(psutil.Process(pid),))
        self._thread.start()

    def close(self) -> float:
        """Return the processor time in seconds."""
        self._over.set()
        self._thread.join()
        if self.group is None:
            return sum(self._seen.values())
        seconds = used_seconds(self.group)
        give_up = time.monotonic() + 10
        while (self.group / "cgroup.procs").read_text() and time.monotonic() < give_up:
            time.sleep(0.05)
        with suppress(OSError):
            self.group.rmdir()
        return seconds

    def _look(self, top: psutil.Process) -> None:
        if self.poll_seconds is None and self.group:
            return
        while not self._over.wait(self.poll_seconds or POLL_SECONDS):
            with suppress(psutil.Error):
                processes = [top, *top.children(recursive=True)]
                if self.poll_seconds:
                    self.peak_bytes = max(self.peak_bytes, sum(map(proportional_bytes, processes)))
                for process in () if self.group else processes:
                    with suppress(psutil.Error):
                        times = process.cpu_times()
                        self._seen[process.pid, process.create_time()] = times.user + times.system


def make_group() -> Path | None:
    """Make a cgroup that counts processor time; give None where that can't be done."""
    for place in CGROUPS:
        group = Path("/sys/fs/cgroup") / place / f"bench-grading-{os.getpid()}"
        with suppress(OSError):
            group.mkdir(exist_ok=True)
            used_seconds(group)
            enter = subprocess.run(["sh", "-c", 'echo $$ > "$0"', group / "cgroup.procs"], check=False)
            if enter.returncode == 0:
                return group
        with suppress(OSError):
            group.rmdir()
    return None


def used_seconds(group: Path) -> float:
    """Return the processor time that was used in a cgroup."""
    if (group / "cpuacct.usage").is_file():
        return int((group / "cpuacct.usage").read_text()) / 1e9
    facts = dict(line.split() for line in (group / "cpu.stat").read_text().splitlines())
    return int(facts["usage_usec"]) / 1e6


def proportional_bytes(process: psutil.Process) -> int:
    """Return a process' memory; what several share counts in parts."""
    with suppress(OSError):
        text = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="utf-8")
        if found := re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE):
            return int(found[1]) * 1024
    return 0


def interleaved(module: Module) -> list[Submission]:
    """Return the class: correct submissions, and after every second one a faulty one."""
    corpus = read_corpus(module)
    correct = [each for each in corpus if each.name.startswith("correct_")]
    faulty = iter([each for each in corpus if each.name in FAULTY.split()])
    submissions = []
    for place, each in enumerate(correct, 1):
        submissions += [each] if place % 2 else [each, *itertools.islice(faulty, 1)]
    return submissions


def scores_in(gradebook: Path, module: Module) -> Scores:
    """Return each student's points for each test."""
    with Gradebook(f"sqlite:///{gradebook}", "tinytorch") as opened:
        return {
            submission.student.id: {grade.name: grade.score for grade in submission.notebooks[0].grades}
            for submission in opened.assignment_submissions(module.assignment)
        }


def own_cpu_seconds(module: Module, submissions: list[Submission]) -> float:
    """Return the processor time of the submissions' cells alone, run in plain Python that has done the imports.

    These are the cells that grading runs, hidden tests included.
    """
    with QuickGrader(module) as grader:
        worker = psutil.Process(grader.pid)
        grader.failures(answers_of(submissions[0].notebook))
        before = worker.cpu_times()
        for submission in submissions:
            grader.failures(answers_of(submission.notebook))
        after = worker.cpu_times()
    return sum(getattr(after, part) - getattr(before, part) for part in ("children_user", "children_system"))


def unexpected(scores: Scores, handed_in: dict[str, Submission]) -> list[str]:
    """Name the students whose points are not what the corpus says."""
    wrong = []
    for student, submission in handed_in.items():
        got = scores.get(student, {})
        if any(got.get(test) != points for test, points in submission.expected_points.items()):
            wrong.append(f"{student} ({submission.name})")
    return wrong


def compare(bench: Bench, count: int, rounds: int) -> tuple[str, bool]:
    """Grade the same class by each in turns; give the table, and whether all scores were right."""
    engines = {
        "`nbgrader autograde`": bench.nbgrader,
        "`tito grade`": bench.tito,
        "`tito grade`, no pages and reports": bench.tito_without_pages,
    }
    handed_in = bench.hand_in(1)
    for name, grade in engines.items():
        print(f"warm-up, 1 submission: {name}", flush=True)
        grade()
    handed_in = bench.hand_in(count)
    taken: dict[str, list[Measured]] = {name: [] for name in engines}
    differ: list[str] = []
    for turn in range(rounds):
        for name in list(engines)[:: -1 if turn % 2 else 1]:
            measured = engines[name]()
            taken[name].append(measured)
            print(f"round {turn + 1}, {name}: {measured.seconds:.1f} s", flush=True)
            differ += [f"{name}: {student}" for student in unexpected(measured.scores, handed_in)]
    bench.poll_seconds = POLL_SECONDS
    peaks = {}
    for name, grade in engines.items():
        peaks[name] = grade().peak_bytes
        print(f"memory, {name}: {peaks[name] / 2**20:.0f} MiB", flush=True)
    first = taken["`nbgrader autograde`"][0].scores
    same = all(each.scores == first for runs in taken.values() for each in runs)
    own = median(own_cpu_seconds(bench.module, list(handed_in.values())) for _ in range(rounds)) / count
    lines = [
        f"{count} submissions, {rounds} rounds; the median, and in brackets the least and the most.",
        "",
        "| | submissions per minute | CPU seconds per submission | beyond the student's own cells | peak memory |",
        "|---|---|---|---|---|",
    ]
    for name, runs in taken.items():
        rate = spread([count / each.seconds * 60 for each in runs])
        cpu = spread([each.cpu_seconds / count for each in runs])
        beyond = spread([each.cpu_seconds / count - own for each in runs])
        lines.append(f"| {name} | {rate} | {cpu} | {beyond} | {peaks[name] / 2**20:.0f} MiB |")
    lines += ["", f"The student's own cells take {own:.2f} CPU seconds per submission.", ""]
    slow, *quick = taken
    for name in quick:
        pairs = list(zip(taken[slow], taken[name], strict=True))
        rate = spread([a.seconds / b.seconds for a, b in pairs])
        less = spread([(a.cpu_seconds / count - own) / (b.cpu_seconds / count - own) for a, b in pairs])
        lines.append(f"- {name}: {rate} times the rate of {slow}; its CPU time beyond the student's own is 1/{less}.")
    tests = sum(map(len, first.values()))
    lines += ["", f"The scores of all {tests} tests are {'the same' if same else 'NOT the same'} in every run."]
    lines += [f"Not what the corpus says: {', '.join(differ)}."] if differ else []
    return "\n".join(lines), same and not differ


def scale(bench: Bench, counts: list[int]) -> tuple[str, bool]:
    """Grade classes of several sizes with `tito grade`; give the table, and whether all scores were right."""
    bench.hand_in(1)
    print("warm-up, 1 submission: `tito grade`", flush=True)
    bench.tito()
    bench.poll_seconds = SCALE_POLL_SECONDS
    lines = [
        "| submissions | seconds per submission | CPU seconds per submission | peak memory | again, seconds |",
        "|---|---|---|---|---|",
    ]
    differ: list[str] = []
    for count in counts:
        handed_in = bench.hand_in(count)
        measured = bench.tito()
        differ += unexpected(measured.scores, handed_in)
        again = bench.tito_again()
        differ += unexpected(again.scores, handed_in)
        print(f"{count} submissions: {measured.seconds:.1f} s, again {again.seconds:.1f} s", flush=True)
        each = f"{measured.seconds / count:.3f} | {measured.cpu_seconds / count:.3f}"
        lines.append(f"| {count} | {each} | {measured.peak_bytes / 2**20:.0f} MiB | {again.seconds:.1f} |")
    lines += ["", f"Not what the corpus says: {', '.join(differ)}." if differ else "All scores are as the corpus says."]
    return "\n".join(lines), not differ


def on_cluster(bench: Bench, count: int, rounds: int) -> tuple[str, bool]:
    """Grade a class here and on a cluster, in turns; give the table, and whether all scores were right."""
    workers = os.cpu_count() or 1
    with bench.cluster(workers) as address:
        engines = {"on this machine": bench.tito, "on a cluster": lambda: bench.tito_on_cluster(address)}
        bench.hand_in(1)
        for grade in engines.values():
            grade()
        handed_in = bench.hand_in(count)
        taken: dict[str, list[Measured]] = {name: [] for name in engines}
        differ: list[str] = []
        for turn in range(rounds):
            for name in list(engines)[:: -1 if turn % 2 else 1]:
                taken[name].append(measured := engines[name]())
                print(f"round {turn + 1}, {name}: {measured.seconds:.1f} s", flush=True)
                differ += [f"{name}: {student}" for student in unexpected(measured.scores, handed_in)]
    lines = [
        f"{count} submissions, {workers} workers, {rounds} round{'s' * (rounds != 1)}.",
        "",
        "| | submissions per minute |",
        "|---|---|",
    ]
    lines += [f"| {name} | {spread([count / each.seconds * 60 for each in runs])} |" for name, runs in taken.items()]
    here, there = taken.values()
    share = spread([a.seconds / b.seconds for a, b in zip(here, there, strict=True)])
    lines += ["", f"The cluster reaches {share} of the rate without one."]
    lines += ["", f"Not what the corpus says: {', '.join(differ)}." if differ else "All scores are as the corpus says."]
    return "\n".join(lines), not differ


def machine() -> str:
    """Describe the machine and the versions, and how was measured."""
    bubblewrap = subprocess.run(["bwrap", "--version"], capture_output=True, text=True, check=False).stdout.split()
    group = make_group()
    if group:
        group.rmdir()
    described = describe_machine("nbgrader", "nbclient", "ipykernel", "numpy")
    who = "as root" if os.geteuid() == 0 else "not as root"
    counted = "a cgroup" if group else "/proc, by looking (too low)"
    return f"{described}, bubblewrap {bubblewrap[-1] if bubblewrap else 'none'}, {who}. CPU time is from {counted}."


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Measure how long grading a class takes.")
    parser.add_argument("--count", type=int, default=40, help="how many submissions")
    parser.add_argument("--rounds", type=int, default=5, help="how often each engine grades them")
    parser.add_argument("--scale", metavar="N,N,N", help="grade classes of these sizes with `tito grade` alone")
    parser.add_argument("--cluster", type=int, metavar="N", help="grade so many on a Dask cluster, and without one")
    parser.add_argument("--write", action="store_true", help=f"put the result into docs/{PAGE.name}")
    options = parser.parse_args(arguments)
    try:
        check_isolation("bubblewrap")
    except CourseError as error:
        sys.exit(str(error))
    with tempfile.TemporaryDirectory(prefix="tinytorch-bench-") as folder:
        bench = Bench(Path(folder))
        if options.scale:
            table, right = scale(bench, [int(count) for count in options.scale.split(",")])
        elif options.cluster:
            table, right = on_cluster(bench, options.cluster, options.rounds)
        else:
            table, right = compare(bench, options.count, options.rounds)
    text = f"{machine()}\n\n{table}"
    print(f"\n{text}")
    if options.write:
        section = "scale" if options.scale else "cluster" if options.cluster else "rate"
        write_section(PAGE, f"grading: {section}", text)
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
