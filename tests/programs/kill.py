"""Kill grading at random moments, start it again each time, and compare with a run that nobody disturbed: `make kill`.

Each kill is a SIGKILL to `tito grade` alone: before its nth write below the output folder, a moment after its nth line
of progress, or after a random time.
Then its workers, sandboxes and the fork server must end by themselves; what was kept must not be run again; and when
a run comes to its end, its gradebook, tables, notebooks and pages must be those of the undisturbed run.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

import nbformat
from nbgrader.api import Gradebook
from sqlalchemy import inspect, text

import tinytorch.course.gradebook.nbgrader_api  # noqa: F401 - with it, nbgrader makes a gradebook without starting alembic
from tests.helpers.orphans import adopting_orphans, descendants, left_running
from tests.helpers.tiny_course import TinyCourse, build_course, submissions

ASSIGNMENT, DUE = "02_tiny", datetime(2026, 5, 1, 12)
TABLES = ("grades.csv", "canvas.csv", "nbgrader.csv", "report.html")
SCORES = ("auto_score", "manual_score", "extra_credit", "needs_manual_grade")
FOLDERS = ("submitted", "history", "autograded", "feedback")
SECRET = "submission_secret.txt"  # nbgrader draws it for each collected submission
# Drawn for each test cell and kernel, and with them the name that tracebacks have for its code
NAME_OF_EVIDENCE = re.compile(rb"(?<![0-9a-f])(?:[0-9a-f]{16}|[0-9a-f]{64})(?![0-9a-f])|ipykernel_\d+/\d+\.py")

# A preprocessor of the course: each time that a worker begins with a submission, it says so in a file.
BEGUN = """
import os
from nbgrader.preprocessors import NbGraderPreprocessor

class NoteBegin(NbGraderPreprocessor):
    def preprocess(self, nb, resources):
        with open(os.environ["BEGUN_LOG"], "a") as file:
            file.write(resources["nbgrader"]["student"] + "\\n")
        return nb, resources
"""
# Python imports this by itself: it counts what the process that was started writes, and kills it before the nth time.
SITECUSTOMIZE = """
import atexit, os, signal, sys

if "WRITES_BELOW" in os.environ:
    below, last, me, count = os.environ["WRITES_BELOW"], int(os.environ.get("KILL_BEFORE", 0)), os.getpid(), 0

    def hook(event, arguments):
        global count
        if event not in ("open", "os.rename", "os.mkdir", "os.remove", "os.chmod", "sqlite3.connect"):
            return
        if event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR):
            return
        if str(arguments[0]).startswith(below) and os.getpid() == me:
            count += 1
            if count == last:
                os.kill(me, signal.SIGKILL)

    def tell():
        if os.getpid() == me and "COUNT_FILE" in os.environ:
            open(os.environ["COUNT_FILE"], "w").write(str(count))

    sys.addaudithook(hook)
    atexit.register(tell)
"""


@dataclass
class Bench:
    """A course and a class to grade again and again."""

    root: Path
    loud: bool
    kills: int = 0
    runs: int = 0
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("course", "class", "tmp"):
            (self.root / name).mkdir()
        self.course, self.folder, self.tmp = build_course(self.root / "course"), self.root / "class", self.root / "tmp"
        self.course.configure(
            ("c.LatePolicy.percent_per_day = 0\n", "c.LatePolicy.percent_per_day = 10\n"),
            more='c.Autograde.autograde_preprocessors.insert(0, "begun.NoteBegin")\n',
        )
        (self.course.root / "begun.py").write_text(BEGUN, encoding="utf-8")
        (self.course.root / "sitecustomize.py").write_text(SITECUSTOMIZE, encoding="utf-8")
        self.known = descendants()
        hand_in(self.course, self.folder)

    def output(self, name: str, due: bool) -> Path:
        """Make a folder to grade into, whose gradebook knows a due date if it is to be `due`; nothing is proved yet."""
        output = self.root / name / "graded"
        output.mkdir(parents=True)
        shutil.rmtree(self.root / "cache", ignore_errors=True)
        if due:
            with Gradebook(f"sqlite:///{output / 'gradebook.db'}", "tinytorch") as gradebook:
                gradebook.update_or_create_assignment(ASSIGNMENT, duedate=DUE)
        return output

    def start(self, output: Path, kill_before: int = 0) -> subprocess.Popen[str]:
        """Start grading into a folder."""
        self.runs += 1
        return self.course.start_tito(
            *("grade", self.folder, "--output", output, "--keep-going"),
            TMPDIR=self.tmp,
            TINYTORCH_CACHE=self.root / "cache",
            BEGUN_LOG=output.parent / "begun",
            COUNT_FILE=output.parent / "writes",
            WRITES_BELOW=output,
            KILL_BEFORE=str(kill_before),
        )

    def undisturbed(self, due: bool) -> tuple[Path, float, int]:
        """Grade the class; give the folder, how long it took and how often it wrote."""
        output, begins = self.output(f"undisturbed-{due}", due), monotonic()
        process = self.start(output)
        said, complained = process.communicate()
        seconds = monotonic() - begins
        # One hand-in is no notebook, so the exit code is 1, and the sentence says so.
        assert process.returncode == 1, said + complained
        assert sorted(begun(output)) == sorted({*begun(output)}), "a submission was run twice"
        assert len(begun(output)) == len(submissions(self.course)) + 3, begun(output)
        assert "1 of 17 submissions could not be graded (unreadable)" in complained, complained
        return output, seconds, int((output.parent / "writes").read_text())

    def killed(self, output: Path, chance: random.Random, seconds: float, writes: int, most: int) -> None:
        """Grade into a folder, and kill it until a run comes to its end, or is let through after the most kills."""
        kills, ended = 0, False
        while not ended:
            begun_before, kept_before = len(begun(output)), kept(output)
            at_write, lines, after = 0, 0, None
            kind = chance.choice(("write", "write", "line", "line", "time")) if kills < most else ""
            moment = kind
            if kind == "write":
                at_write = chance.randint(1, writes // 3)
                moment = f"before write {at_write}"
            elif kind == "line":
                lines, after = len(finished(output)) + chance.randint(1, 4), chance.uniform(0, 0.5)
                moment = f"{after:.2f} s after line {lines}"
            elif kind == "time":
                after = chance.uniform(0, seconds / 2)
                moment = f"after {after:.2f} s"
            process = self.start(output, at_write)
            assert process.stdout
            for _ in zip(range(lines), process.stdout, strict=False):
                pass
            try:
                _, complained = process.communicate(timeout=after)
            except subprocess.TimeoutExpired:
                process.kill()
                _, complained = process.communicate()
            ended = process.returncode != -9
            moment = "at its end" if ended else moment
            self.check(left_running(self.known), f"these processes go on after a kill {moment}")
            self.check("Traceback" in complained, f"a traceback in a run that was ended {moment}: {complained}")
            if not ended:
                kills += 1
                self.say(
                    f"kill {self.kills + kills}, {moment}: {len(kept(output))} results are kept, "
                    f"{len(finished(output))} students done, {len(begun(output))} begun"
                )
            again = set(begun(output)[begun_before:]) & kept_before
            self.check(sorted(again), f"what had been kept was run again in the run that was ended {moment}")
        self.kills += kills
        self.check(process.returncode != 1 and complained, "the last run ended otherwise than the undisturbed one")

    def compare(self, output: Path, expected: Path) -> None:
        """Note what differs from an undisturbed run, and what is left that ought not to be."""
        ours, theirs = ({**rows(place), **files(place)} for place in (output, expected))
        for name in sorted({*ours, *theirs}):
            differs = ours.get(name) != theirs.get(name)
            self.check(differs, f"{name} differs: {_start(ours.get(name), theirs.get(name))}")
        parts = [str(path.relative_to(output)) for path in output.rglob(".*") if path.name != ".results"]
        self.check(parts, "half-written files are left")
        self.check([path.name for path in self.tmp.iterdir()], "temporary files are left")

    def check(self, wrong: Any, sentence: str) -> None:
        """Note a sentence if something is wrong."""
        if wrong:
            self.wrong.append(sentence if wrong is True else f"{sentence}: {wrong}")
            self.say(self.wrong[-1])

    def say(self, line: str) -> None:
        """Print a line, unless this is to be quiet."""
        if self.loud:
            print(line, flush=True)


def hand_in(course: TinyCourse, folder: Path) -> None:
    """Put a class's submissions in a folder: right, wrong, broken, flagged, late, unreadable ones."""
    notebooks = submissions(course)
    notebooks["late/02_tiny/tiny.ipynb"] = notebooks["wrong/tiny.ipynb"]
    notebooks["twice/tiny.ipynb"], notebooks["twice/02_tiny/tiny.ipynb"] = course.notebook(), course.filled()
    for name, notebook in notebooks.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, folder / name)
    (folder / "unreadable.ipynb").write_text("no notebook", encoding="utf-8")
    for place, day in (("late/02_tiny", 3), ("twice", 1), ("twice/02_tiny", 2)):
        (folder / place / "timestamp.txt").write_text(f"2026-05-0{day} 18:00:00 UTC", encoding="utf-8")


def begun(output: Path) -> list[str]:
    """Return the students with whose submissions workers began, but for the reference."""
    log = output.parent / "begun"
    return [line for line in log.read_text().split() if line != "reference"] if log.exists() else []


def kept(output: Path) -> set[str]:
    """Return the students whose results are kept."""
    return {path.stem for path in (output / ".results" / ASSIGNMENT).glob("[!.]*.gz")}


def finished(output: Path) -> set[str]:
    """Return the students of whom it is noted that nothing is left to do."""
    return {path.stem for path in (output / ".results" / ASSIGNMENT).glob("[!.]*[! ].json")}


def files(output: Path) -> dict[str, bytes]:
    """Return every file that grading leaves to be read."""
    found = [path for name in FOLDERS for path in (output / name).rglob("*") if path.is_file()]
    found += [output / name for name in TABLES if (output / name).is_file()]
    return {
        path.relative_to(output).as_posix(): NAME_OF_EVIDENCE.sub(b"", path.read_bytes())
        for path in found
        if path.name != SECRET
    }


def rows(output: Path) -> dict[str, Any]:
    """Return what the gradebook holds, by the names of things: the ids are drawn anew each time."""
    with Gradebook(f"sqlite:///{output / 'gradebook.db'}", "tinytorch") as gradebook:
        assignment = gradebook.find_assignment(ASSIGNMENT)
        (notebook,) = assignment.notebooks
        submitted = [(each, each.notebooks[0]) for each in gradebook.assignment_submissions(ASSIGNMENT)]
        tables = sorted(inspect(gradebook.engine).get_table_names())
        counts = {name: gradebook.db.execute(text(f"SELECT count(*) FROM {name}")).scalar() for name in tables}
        return {
            "row counts": counts,
            "schema": gradebook.db.execute(text("SELECT version_num FROM alembic_version")).all(),
            "assignment": (assignment.duedate, assignment.course_id, notebook.name, notebook.kernelspec),
            "cells": sorted(
                [(cell.name, cell.cell_type, cell.locked, cell.source, cell.checksum) for cell in notebook.source_cells]
                + [(cell.name, cell.max_score, cell.cell_type) for cell in notebook.grade_cells]
                + [(cell.name,) for cell in notebook.solution_cells],
                key=repr,
            ),
            "students": sorted((each.id, each.first_name, each.last_name, each.email) for each in gradebook.students),
            "submissions": sorted((each.student_id, each.timestamp, each.extension) for each, _ in submitted),
            "late penalties": sorted((each.student_id, its.late_submission_penalty) for each, its in submitted),
            "grades": sorted(
                (each.student_id, grade.name, *(repr(getattr(grade, name)) for name in SCORES))
                for each, its in submitted
                for grade in its.grades
            ),
            "comments": sorted(
                (each.student_id, comment.name, repr(comment.auto_comment), repr(comment.manual_comment))
                for each, its in submitted
                for comment in its.comments
            ),
        }


def _start(ours: Any, theirs: Any) -> str:
    """Return what stands around the first letter that differs."""
    one, other = (
        (value.decode("utf-8", "replace") if isinstance(value, bytes) else json.dumps(value, default=str, indent=1))
        for value in (ours, theirs)
    )
    pairs = enumerate(zip(one, other, strict=False))
    place = next((place for place, (first, second) in pairs if first != second), min(len(one), len(other)))
    return f"{one[max(place - 80, 0) : place + 80]!r} instead of {other[max(place - 80, 0) : place + 80]!r}"


def kill_and_compare(kills: int, seed: int, due_dates: tuple[bool, ...], loud: bool = True) -> Bench:
    """Kill that many times, in rounds whose gradebook knows a due date or is not there yet, as `due_dates` says."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="kill-", dir="/tmp") as root, adopting_orphans():
        bench = Bench(Path(root), loud)
        expected = {}
        for due in due_dates:
            expected[due] = bench.undisturbed(due)
            bench.say(f"undisturbed: {expected[due][1]:.1f} s, {expected[due][2]} writes")
        round_number = 0
        while bench.kills < kills:
            due = due_dates[round_number % len(due_dates)]
            output = bench.output(f"killed-{round_number}", due)
            undisturbed, seconds, writes = expected[due]
            most = min(-(-kills // len(due_dates)), kills - bench.kills)
            bench.killed(output, chance, seconds, writes, most)
            bench.compare(output, undisturbed)
            round_number += 1
    return bench


def main() -> int:
    """Kill, compare and say what came of it."""
    parser = argparse.ArgumentParser(description="Kill grading at random moments, and see that nothing is lost.")
    parser.add_argument("--kills", type=int, default=20, help="how often")
    parser.add_argument("--seed", type=int, default=5, help="of the moments")
    options = parser.parse_args()
    bench = kill_and_compare(options.kills, options.seed, (True, False))
    print(f"{bench.kills} kills, {bench.runs} runs: {'identical' if not bench.wrong else f'{len(bench.wrong)} faults'}")
    return 1 if bench.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
