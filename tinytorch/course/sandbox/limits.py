"""What a submission may use: memory, processor time, processes, files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import psutil

CHECK_SECONDS = 0.5  # between two looks at what all of a submission's processes use together


@dataclass(frozen=True)
class Limits:
    """What a submission's kernel and all that it starts may use."""

    memory_bytes: int = 4 * 2**30  # of one process (address space), and of all together (resident)
    cpu_seconds: int = 120  # of one process
    processes: int = 64  # threads count too
    open_files: int = 256
    file_bytes: int = 64 * 2**20
    scratch_bytes: int = 256 * 2**20

    def by_name(self) -> dict[str, int]:
        """Return them under prlimit's names for them."""
        return {
            "as": self.memory_bytes,
            "cpu": self.cpu_seconds,
            "nproc": self.processes,
            "nofile": self.open_files,
            "fsize": self.file_bytes,
            "core": 0,
        }

    def arguments(self) -> list[str]:
        """Return them as prlimit's arguments."""
        return [f"--{name}={limit}" for name, limit in self.by_name().items()]

    def apply(self) -> None:
        """Set them for this process, but for the number of processes: without a sandbox that is the user's in all."""
        import resource  # which Windows, where students work too, does not have

        for name, limit in self.by_name().items():
            with suppress(ValueError, OSError):  # macOS knows no limit on memory, and the user's own may be lower
                if name != "nproc":
                    resource.setrlimit(getattr(resource, f"RLIMIT_{name.upper()}"), (limit, limit))


def memory_fault(pid: int, limits: Limits) -> str:
    """Say that a process and all that it started use too much memory together; nothing if they don't."""
    if sum(resident_bytes(pid)) > limits.memory_bytes:
        return f"this cell used more than {limits.memory_bytes / 2**30:g} GB of memory"
    return ""


def resident_bytes(pid: int) -> Iterator[int]:
    """Return the memory of a process and of each that it started."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for each in [process, *process.children(recursive=True)]:
            with suppress(psutil.Error):
                yield each.memory_info().rss
