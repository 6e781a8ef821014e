"""Measuring time: samples per second of any iterable of batches. Seconds are there to look at, never to grade by."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from tinytorch.profiling.count import arrays_in


@dataclass(frozen=True)
class Throughput:
    """The time of one pass over some batches: the fastest of those that were timed."""

    samples: int
    batches: int
    seconds: float

    @property
    def samples_per_second(self) -> float:
        """Samples delivered per second."""
        return self.samples / self.seconds

    @property
    def batches_per_second(self) -> float:
        """Batches delivered per second."""
        return self.batches / self.seconds

    def __str__(self) -> str:
        return (
            f"{self.samples:,} samples in {self.batches:,} batches: {self.seconds * 1e3:,.1f} ms, "
            f"{self.samples_per_second:,.0f} samples/s"
        )


def throughput(batches: Iterable[Any], max_batches: int | None = None, passes: int = 5) -> Throughput:
    """Measure the time of several passes over `batches`, each of at most `max_batches`; return the fastest.

    Args:
        batches: any iterable of batches. One that can be iterated only once, such as a generator, is timed once.
        max_batches: stop a pass after so many batches; None for all of them.
        passes: how many passes to time; the fastest counts, because something else slowed the others down.

    Raises:
        ValueError: there is no batch at all.
    """
    if isinstance(batches, Iterator):
        passes = 1
    timed = [_one_pass(batches, max_batches) for _ in range(passes)]
    samples, count, _ = timed[0]
    if not count:
        raise ValueError("there is no batch to time: the iterable is empty")
    return Throughput(samples, count, min(seconds for *_, seconds in timed))


def _one_pass(batches: Iterable[Any], max_batches: int | None) -> tuple[int, int, float]:
    samples = count = 0
    start = time.perf_counter()
    for batch in islice(batches, max_batches):
        samples += sample_count(batch)
        count += 1
    return samples, count, time.perf_counter() - start


def sample_count(batch: Any) -> int:
    """Return the number of samples in a batch: the length of its first array, or of the batch if it has none."""
    array = next(arrays_in(batch), None)
    return len(batch) if array is None or not array.shape else int(array.shape[0])


def seconds_per_call(function: Callable[[], Any], calls: int = 1, repeats: int = 5) -> float:
    """Return the seconds that one call of `function` takes: the best of `repeats` rounds of `calls` calls."""
    rounds = []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(calls):
            function()
        rounds.append((time.perf_counter() - start) / calls)
    return min(rounds)
