"""What a submission may use: memory, processor time, processes, files.

What a course chooses stands in its nbgrader_config.py: the time of a cell (c.Execute.timeout), the time of a submission
(c.ExecuteStaged.submission_timeout) and its memory (c.ExecuteStaged.memory_gigabytes). What is the same for every
course stands here. verdict/run_cells.py stops a cell whose time is over.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

CHECK_SECONDS = 0.5  # between two looks at what a submission's processes use
# One process may keep this many threads busy for all of its submission's time. So what stops an honest submission is
# the clock, and what the clock misses, such as a process that outlives its kernel, is still bounded.
BUSY_THREADS = 4
# Between two looks, twenty threads use this much processor time. Linux's own limit is higher than ours by it, so that
# the grader, who can say why, ends what it sees, and Linux ends what the grader does not see.
MARGIN_SECONDS = 10


@dataclass(frozen=True)
class Limits:
    """What a submission's kernel and all that it starts may use."""

    memory_bytes: int  # of one process (address space), and of all together (resident)
    cpu_seconds: int  # of one process, all its threads together
    processes: int = 64  # threads count too
    open_files: int = 256  # of one process
    file_bytes: int = 64 * 2**20  # of one file
    scratch_bytes: int = 256 * 2**20  # of all files in /tmp, and again in /dev/shm

    @classmethod
    def of_submission(cls, memory_gigabytes: float, submission_seconds: float) -> Limits:
        """Return the limits of a submission with so much memory, and so many seconds for all its cells together."""
        return cls(int(memory_gigabytes * 2**30), math.ceil(submission_seconds * BUSY_THREADS))

    def by_name(self) -> dict[str, int]:
        """Return what Linux is to limit, under prlimit's names."""
        return {
            "as": self.memory_bytes,
            "cpu": self.cpu_seconds + MARGIN_SECONDS,
            "nproc": self.processes,
            "nofile": self.open_files,
            "fsize": self.file_bytes,
            "core": 0,
        }

    def arguments(self) -> list[str]:
        """Return the same as prlimit's arguments."""
        return [f"--{name}={limit}" for name, limit in self.by_name().items()]

    def apply(self) -> None:
        """Set these limits for this process, but not that on processes, which would count all processes of the user."""
        import resource  # which Windows, where students work too, does not have

        for name, limit in self.by_name().items():
            with suppress(ValueError, OSError):  # macOS has no limit on memory, and the user's own may be lower
                if name != "nproc":
                    resource.setrlimit(getattr(resource, f"RLIMIT_{name.upper()}"), (limit, limit))

    def fault(self, pid: int) -> str:
        """Return what a process and all that it started use too much of, as a sentence about "this cell"; or ""."""
        used = list(_used(pid))
        if sum(resident_bytes for resident_bytes, _ in used) > self.memory_bytes:
            return f"this cell used more than {self.memory_bytes / 2**30:g} GB of memory"
        if any(cpu_seconds > self.cpu_seconds for _, cpu_seconds in used):
            return f"this cell's process used more than {self.cpu_seconds} s of processor time"
        return ""


def _used(pid: int) -> Iterator[tuple[int, float]]:
    """Return the memory in bytes and the processor time in seconds of a process and of each that it started."""
    import psutil  # which a check that is over before the first look does without

    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for each in [process, *process.children(recursive=True)]:
            with suppress(psutil.Error):
                times = each.cpu_times()
                yield each.memory_info().rss, times.user + times.system
