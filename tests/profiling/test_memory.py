import tracemalloc

import numpy as np
import pytest

from tinytorch.profiling import kept_bytes, peak_bytes, peak_resident_bytes, resident_bytes

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
