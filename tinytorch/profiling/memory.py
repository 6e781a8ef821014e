"""Measuring memory, in bytes: what Python and NumPy allocate, and what the whole process occupies."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

_known_as_frozen = _frozen_here = False


def peak_bytes(function: Callable[[], Any]) -> int:
    """Return the most bytes that `function` had allocated at once, besides older ones, as tracemalloc counts them."""
    return _traced(function)[0]


def kept_bytes(function: Callable[[], Any]) -> int:
    """Return how many bytes the result of `function` keeps allocated, as tracemalloc counts them."""
    return _traced(function)[1]


def _traced(function: Callable[[], Any]) -> tuple[int, int]:
    """Return `peak_bytes` and `kept_bytes` of one run of `function`; raise `RuntimeError` if it stops tracemalloc."""
    global _frozen_here
    was_tracing = tracemalloc.is_tracing()
    # Old garbage that is collected during the run would hide as much of the peak. Frozen, it is not. To collect it
    # first takes longer than most runs do. What somebody else has frozen stays so.
    freezes = not _frozen_here and not _is_frozen_by_others()
    if freezes:
        gc.freeze()
        _frozen_here = True
    gc.collect()  # empties Python's free lists, because what is taken from them is no allocation
    if not was_tracing:
        tracemalloc.start()
    try:
        known = bytearray(1)  # tracemalloc knows it, unless somebody has it forget everything
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        result = function()
        after, peak = tracemalloc.get_traced_memory()
        if tracemalloc.get_object_traceback(known) is None:
            raise RuntimeError("memory cannot be measured, because the measured code stopped or cleared tracemalloc")
        del result
    finally:
        if not was_tracing:
            tracemalloc.stop()
        if freezes:
            gc.unfreeze()
            _frozen_here = False
    return max(0, peak - before), max(0, after - before)


def know_as_frozen() -> None:
    """Have this module know that somebody has frozen objects for good, which it would find out by counting them."""
    global _known_as_frozen
    _known_as_frozen = True


def _is_frozen_by_others() -> bool:
    """Whether somebody else has frozen objects, or had when this was last asked and they were counted."""
    global _known_as_frozen
    # Python counts them one by one, which in a grader's kernel takes longer than most runs do: once is enough.
    _known_as_frozen = _known_as_frozen or gc.get_freeze_count() > 0
    return _known_as_frozen


def resident_bytes() -> int:
    """Return the bytes of physical memory that this process occupies now.

    Where there is no psutil, as in a browser, this is what Python and NumPy have allocated since the first call.
    """
    try:
        import psutil  # comes with Jupyter's kernel; only these two functions need it
    except ImportError:
        return _allocated_bytes()[0]
    return int(psutil.Process().memory_info().rss)


def peak_resident_bytes() -> int:
    """Return the most bytes of physical memory that this process has ever occupied.

    On Windows, where Python has no `resource`, this is psutil's peak working set. Where there is neither, as in a
    browser, this is the most that Python and NumPy had allocated since the first call.
    """
    if (status := Path("/proc/self/status")).is_file():  # `resource` also counts the parent's memory before the start
        line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    try:
        if sys.platform == "win32":
            import psutil

            return int(psutil.Process().memory_info().peak_wset)
        import resource

        unit_bytes = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit_bytes
    except ImportError:
        return _allocated_bytes()[1]


def _allocated_bytes() -> tuple[int, int]:
    """Return what tracemalloc counts now, and the most it has counted; have it count from now on if it did not."""
    if not tracemalloc.is_tracing():
        tracemalloc.start()
    return tracemalloc.get_traced_memory()
