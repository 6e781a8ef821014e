"""What a killed process leaves: its children become those of this process, which sees whether they all end."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import psutil

SET_CHILD_SUBREAPER = 36  # of prctl(2)
SECONDS = 30.0  # until what has not ended is called left: much more than it takes


@contextmanager
def adopting_orphans() -> Iterator[None]:
    """Be the parent of every process whose own parent ends meanwhile, if it descends from this one."""
    prctl = ctypes.CDLL(None).prctl
    assert prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    try:
        yield
    finally:
        prctl(SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def descendants() -> set[psutil.Process]:
    """Return every process that descends from this one."""
    return set(psutil.Process().children(recursive=True))


def left_running(known: set[psutil.Process]) -> list[str]:
    """Wait until every descendant that is not known has ended; give the command lines of those that do not end."""
    ends = monotonic() + SECONDS
    while left := descendants() - known:
        psutil.wait_procs(left, timeout=max(ends - monotonic(), 0))
        if monotonic() > ends:
            return [_command(process) for process in descendants() - known]
    return []


def _command(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return " ".join(process.cmdline()) or process.name()
    return str(process.pid)
