"""Measuring what a data loader costs, in time, memory and operations, and drawing it.

Everything here takes any iterable of batches: TinyTorch's loader, PyTorch's, or a plain generator.
"""

from tinytorch.profiling.count import CountingDataset
from tinytorch.profiling.memory import kept_bytes, peak_bytes, peak_resident_bytes, resident_bytes
from tinytorch.profiling.throughput import Throughput, sample_count, seconds_per_call, throughput

__all__ = [
    "CountingDataset",
    "Throughput",
    "kept_bytes",
    "peak_bytes",
    "peak_resident_bytes",
    "resident_bytes",
    "sample_count",
    "seconds_per_call",
    "throughput",
]
