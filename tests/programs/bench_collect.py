"""Collect the zip of a whole class, as Canvas gives it out, and print what that takes beyond starting `tito`.

    make bench-collect
    python -m tests.programs.bench_collect --counts 100,1000      other numbers of hand-ins

The hand-ins are the released notebook of module 05 with an answer of each student's own. Each number is collected in a
process of its own, and so is a single hand-in, which is what starting takes.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.repository import ROOT

ASSIGNMENT, NOTEBOOK = "05_dataloader", "dataloader.ipynb"
MOST_SECONDS, MOST_BYTES = 5.0, 300_000_000  # for 1,000 hand-ins, beyond start-up


@dataclass(frozen=True)
class Taken:
    """What collecting a number of hand-ins took."""

    count: int
    cpu_seconds: float  # of the process and its children, in user and system mode
    peak_bytes: int  # resident


def write_download(path: Path, notebook: bytes, count: int) -> Path:
    """Write a zip with so many hand-ins, each one's own, named as Canvas names them."""
    end = notebook.rindex(b'"metadata"')
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(count):
            own = notebook[:end] + b'"student": %d,\n ' % number + notebook[end:]
            archive.writestr(f"student{number}_{10_000 + number}_{900_000 + number}_{NOTEBOOK}", own)
    return path


def collect(root: Path, count: int) -> Taken:
    """Collect a number of hand-ins of the course in `root` in a process of its own."""
    notebook = (root / "modules" / ASSIGNMENT / NOTEBOOK).read_bytes()
    with tempfile.TemporaryDirectory(prefix="bench-collect-") as folder:
        download = write_download(Path(folder) / "submissions.zip", notebook, count)
        program = (
            "import resource, sys; from tinytorch.course.cli import main\n"
            "try: main(sys.argv[1:])\n"
            "except SystemExit as end: assert not end.code, end\n"
            "used = resource.getrusage(resource.RUSAGE_SELF)\n"
            "print(used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)"
        )
        command = [sys.executable, "-c", program, "collect", str(download), "--output", str(Path(folder) / "out")]
        run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
        collected = sum(1 for _ in (Path(folder) / "out" / "submitted").iterdir())
        assert collected == count, f"{collected} of {count} were collected"
    seconds, kilobytes = run.stderr.split()[-2:]
    return Taken(count, float(seconds), int(kilobytes) * 1024)


def beyond(start: Taken, taken: Taken) -> tuple[float, int]:
    """Return the seconds and bytes that collecting took beyond starting."""
    return taken.cpu_seconds - start.cpu_seconds, taken.peak_bytes - start.peak_bytes


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each number of hand-ins, and fail if 1,000 take too much."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", default="100,1000,10000")
    counts = [int(count) for count in parser.parse_args(arguments).counts.split(",")]
    start = collect(ROOT, 1)
    print(f"starting: {start.cpu_seconds:.2f} CPU seconds, {start.peak_bytes / 1e6:.0f} MB")
    missed = False
    for count in counts:
        seconds, more_bytes = beyond(start, collect(ROOT, count))
        each = 1000 * seconds / count
        print(f"{count:,} hand-ins: {seconds:.2f} CPU seconds ({each:.2f} ms each), {more_bytes / 1e6:.0f} MB more")
        missed |= count == 1000 and (seconds > MOST_SECONDS or more_bytes > MOST_BYTES)
    if missed:
        sys.exit(f"missed: 1,000 hand-ins in at most {MOST_SECONDS:g} seconds and {MOST_BYTES / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
