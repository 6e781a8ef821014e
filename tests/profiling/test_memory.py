import gc
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from tinytorch.profiling import kept_bytes, memory, peak_bytes, peak_resident_bytes, resident_bytes

MEGABYTE = 1_000_000


def test_the_peak_counts_what_was_freed_again():
    def use_and_free():
        np.zeros(MEGABYTE, np.uint8)
        return np.zeros(1000, np.uint8)

    assert MEGABYTE <= peak_bytes(use_and_free) < 1.01 * MEGABYTE
    assert 1000 <= kept_bytes(use_and_free) < 10_000


def test_what_is_returned_is_kept():
    assert MEGABYTE <= kept_bytes(lambda: np.zeros(MEGABYTE, np.uint8)) < 1.01 * MEGABYTE


def test_what_was_allocated_before_does_not_count():
    before = np.zeros(MEGABYTE)
    assert peak_bytes(lambda: before[1:]) < 10_000


@pytest.mark.parametrize(
    "forget", [tracemalloc.stop, tracemalloc.clear_traces, lambda: (tracemalloc.stop(), tracemalloc.start())]
)
def test_a_function_that_has_tracemalloc_forget_is_not_measured(forget):
    with pytest.raises(RuntimeError, match="the measured code stopped or cleared tracemalloc"):
        kept_bytes(lambda: (bytes(MEGABYTE), forget())[0])
    assert not tracemalloc.is_tracing()


def test_a_function_that_fails_leaves_no_tracing_behind():
    with pytest.raises(ZeroDivisionError):
        peak_bytes(lambda: 1 // 0)
    assert not tracemalloc.is_tracing()


@pytest.fixture(params=[False, True], ids=["nothing-frozen", "some-frozen"])
def frozen(request, monkeypatch):
    """Whether the process has frozen objects, as that of a grader has, and that of a notebook has not."""
    monkeypatch.setattr(memory, "_known_as_frozen", False)
    gc.unfreeze()
    if request.param:
        gc.freeze()
    yield request.param
    gc.freeze()


def test_garbage_from_before_does_not_hide_the_peak(frozen):
    def collect_and_allocate():
        gc.collect()
        np.zeros(MEGABYTE, np.uint8)

    tracemalloc.start()  # so that the garbage counts
    try:
        cycle = [np.zeros(4 * MEGABYTE, np.uint8)]
        cycle.append(cycle)
        del cycle
        assert MEGABYTE <= peak_bytes(collect_and_allocate) < 1.01 * MEGABYTE
    finally:
        tracemalloc.stop()


def test_garbage_that_the_function_leaves_is_collected_while_it_runs(frozen):
    def leave_cycles():
        for _ in range(20):
            cycle = [np.zeros(MEGABYTE, np.uint8)]
            cycle.append(cycle)
            del cycle
            gc.collect()

    assert peak_bytes(leave_cycles) < 3 * MEGABYTE


def test_measuring_leaves_frozen_what_was_frozen_and_nothing_else(frozen):
    before = gc.get_freeze_count()
    peak_bytes(lambda: None)
    assert (gc.get_freeze_count() > 0) == frozen
    assert gc.get_freeze_count() <= before


def test_frozen_objects_are_counted_once_and_not_for_each_measurement(frozen, monkeypatch):
    counts = []
    monkeypatch.setattr(memory.gc, "get_freeze_count", lambda count=gc.get_freeze_count: counts.append(1) or count())
    for _ in range(3):
        peak_bytes(lambda: None)
    assert len(counts) == (1 if frozen else 3)  # where there are none, to count them takes no time


def test_frozen_objects_are_not_counted_where_it_is_known_that_there_are_some(monkeypatch):
    monkeypatch.setattr(memory, "_known_as_frozen", False)
    monkeypatch.setattr(memory.gc, "get_freeze_count", lambda: pytest.fail("they were counted"))
    memory.know_as_frozen()
    peak_bytes(lambda: None)


def test_a_measurement_inside_another_is_not_taken_for_somebody_else_s_freezing(frozen):
    peak_bytes(lambda: peak_bytes(lambda: None))
    assert memory._known_as_frozen == frozen
    assert not memory._frozen_here


def test_measuring_inside_a_traced_program_leaves_its_tracing_on():
    tracemalloc.start()
    try:
        peak_bytes(lambda: None)
        assert tracemalloc.is_tracing()
    finally:
        tracemalloc.stop()


def test_resident_memory_grows_by_what_is_written_to():
    before = resident_bytes()
    block = np.ones(64 * MEGABYTE, np.uint8)
    assert resident_bytes() - before > 0.9 * block.nbytes
    assert peak_resident_bytes() >= resident_bytes() - before


WITHOUT_PSUTIL = """
import sys
from pathlib import Path

sys.modules["psutil"] = sys.modules["resource"] = None  # an import of either fails, as in a browser
Path.is_file = lambda self: False  # nor is there /proc
from tinytorch.profiling import peak_resident_bytes, resident_bytes

before_bytes = resident_bytes()
block = bytearray(1_000_000)
print(resident_bytes() - before_bytes)
del block
print(resident_bytes() - before_bytes, peak_resident_bytes() - before_bytes)
"""


def test_without_psutil_and_resource_resident_memory_is_what_python_has_allocated_since():
    command = [sys.executable, "-c", WITHOUT_PSUTIL]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    grown, left, peak = map(int, ran.stdout.split())
    assert MEGABYTE <= grown < 1.1 * MEGABYTE
    assert left < 0.1 * MEGABYTE
    assert grown <= peak < 1.2 * MEGABYTE
