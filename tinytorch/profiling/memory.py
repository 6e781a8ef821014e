"""Measuring memory, in bytes: what Python and NumPy allocate, and what the whole process holds."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any


def peak_bytes(function: Callable[[], Any]) -> int:
    """Return the most bytes that `function` had allocated at once, beyond what was there before (by tracemalloc)."""
    return _traced(function)[0]


def kept_bytes(function: Callable[[], Any]) -> int:
    """Return the bytes that what `function` returns keeps allocated (by tracemalloc)."""
    return _traced(function)[1]


def _traced(function: Callable[[], Any]) -> tuple[int, int]:
    """Run `function` under tracemalloc; give the peak and the bytes still allocated while its result is held."""
    was_tracing = tracemalloc.is_tracing()
    gc.collect()  # garbage that waits for the collector would be freed midway and hide as much of the peak
    if not was_tracing:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        result = function()
        after, peak = tracemalloc.get_traced_memory()
        del result
    finally:
        if not was_tracing:
            tracemalloc.stop()
    return max(0, peak - before), max(0, after - before)


def resident_bytes() -> int:
    """Return the bytes of physical memory that this process holds now."""
    import psutil  # comes with Jupyter's kernel; only this function needs it

    return int(psutil.Process().memory_info().rss)


def peak_resident_bytes() -> int:
    """Return the most bytes of physical memory that this process ever held.

    On Windows, where the system keeps no such figure for `resource`, it is psutil's peak working set.
    """
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    if (status := Path("/proc/self/status")).is_file():  # `resource` counts what the parent held before the start, too
        line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    import resource

    unit_bytes = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit_bytes
