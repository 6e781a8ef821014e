"""Load the same data with TinyTorch and with other libraries, side by side, and hold all against the machine.

Every figure is the median of repeats in which the contenders take turns, with the least and the most in brackets;
ratios are those of one turn. The run fails where a goal below is missed.

    make bench-peers      adds the other libraries; what is not installed is left out
    make bench-loader
    python -m tests.programs.bench_loader --write     the tables and pictures of docs/performance.md
    python -m tests.programs.bench_loader --short     a part of it, with half the goals
"""

from __future__ import annotations

import argparse
import itertools
import json
import mmap
import os
import pickle
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import psutil
from PIL import Image

from tests.helpers.performance_page import PAGE, ROOT, describe_machine, spread, write_section
from tests.programs import loader_peers
from tinytorch import DataLoader, ScalingLoader, Tensor, TensorDataset, prefetch
from tinytorch.datasets import ImageFolder, MemmapDataset, RawArray, images
from tinytorch.profiling import peak_bytes, peak_resident_bytes

IMAGES = ROOT / "docs" / "images"
BATCH_SIZES = (32, 128, 512)
# How many rows: the datasets are of 13 to 98 MB
IN_MEMORY = {(64,): 50_000, (784,): 20_000, (3, 32, 32): 8_000}
# Goals for TinyTorch. Where memory decides, as for long rows, only the share of the machine's limit says something.
GOAL_HOOK = 2.0  # times the rate of PyTorch with its own hook for batches
GOAL_TORCH = 20.0  # times the rate of PyTorch's plain loader, shuffled rows of 64
GOAL_BY_HAND = 0.9  # times the rate of a loop of index_select, shuffled rows of 64; this loop has no checks
# share of the rate of the same loop in NumPy, shuffled: two Tensors a batch take as long as 32 rows of 64
GOAL_SHARE = {(64,): 0.65, (784,): 0.8, (3, 32, 32): 0.8}
PHOTOGRAPH_SIZE = (224, 224)
LIMIT = "decoding alone, 2 threads"
# times the rate of others, exact pixels; OpenCV resizes by another rule, which takes half the time
EXACT_PEERS = {
    "PyTorch, 2 workers": 1.0,
    "SPDL, 2 threads": 1.0,
    "Grain, 2 threads": 1.0,
    "webdataset, 2 workers": 1.0,
    "PyTorch + OpenCV, 2 workers": 0.9,
}
STEP_SECONDS = 0.040  # a training step on a device: the processor waits for it and is free meanwhile
MAP_ROWS, MAP_ROW = 32_000_000, (784,)  # float32: 100 GB
MAP_CEILING_BYTES = 2**30


@dataclass
class Goals:
    """What was to be reached, and what was."""

    factor: float  # 1, or 0.5 for half of it
    lines: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def at_least(self, what: str, value: float, goal: float) -> None:
        """Ask for a value that is larger than a goal."""
        self._note(what, value, "at least", goal * self.factor, value >= goal * self.factor)

    def at_most(self, what: str, value: float, goal: float) -> None:
        """Ask for a value that is smaller than a goal."""
        self._note(what, value, "at most", goal / self.factor, value <= goal / self.factor)

    def _note(self, what: str, value: float, kind: str, goal: float, reached: bool) -> None:
        line = f"{what}: {value:.2f}, goal {kind} {goal:g}: {'reached' if reached else 'MISSED'}"
        print(f"  {line}", flush=True)
        self.lines.append(line)
        if not reached:
            self.missed.append(line)


def take_turns(contenders: dict[str, Callable[[], Any]], repeats: int) -> dict[str, list[float]]:
    """Time each contender `repeats` times, in seconds, after one that does not count; every second turn backwards."""
    for run in contenders.values():
        run()
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(repeats):
        for name in list(contenders)[:: -1 if turn % 2 else 1]:
            began = time.perf_counter()
            contenders[name]()
            seconds[name].append(time.perf_counter() - began)
    return seconds


def ratios(one: Sequence[float], other: Sequence[float]) -> list[float]:
    """Divide, turn by turn."""
    return [a / b for a, b in zip(one, other, strict=True)]


def exhaust(batches: Iterable[Any]) -> None:
    """Take every batch."""
    for _ in batches:
        pass


# In memory


def by_numpy(arrays: Sequence[np.ndarray], batch_size: int, shuffle: bool) -> Iterator[Any]:
    """Give batches as the shortest loop in NumPy does: the limit."""
    count = len(arrays[0])
    order = np.random.default_rng(1).permutation(count) if shuffle else None
    for start in range(0, count, batch_size):
        if order is None:
            yield [array[start : start + batch_size].copy() for array in arrays]
        else:
            yield [array.take(order[start : start + batch_size], axis=0) for array in arrays]


def in_memory(
    goals: Goals, repeats: int, batch_sizes: Sequence[int], orders: Sequence[bool] = (True, False)
) -> list[str]:
    """Compare epochs over arrays in memory."""
    lines = [
        "| rows | batch | order | TinyTorch, million samples/s | times PyTorch | times PyTorch with its batch hook | "
        "times PyTorch by hand | share of the limit |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for shape, shuffle, batch_size in itertools.product(IN_MEMORY, orders, batch_sizes):
        count = IN_MEMORY[shape]
        rows, labels = np.random.default_rng(0).random((count, *shape), dtype=np.float32), np.arange(count)
        loader = DataLoader(TensorDataset(Tensor(rows), Tensor(labels)), batch_size, shuffle)
        plain, hooked, by_hand = loader_peers.rows_by_torch(rows, labels, batch_size, shuffle).values()

        def limit(arrays=(rows, labels), batch_size=batch_size, shuffle=shuffle) -> Iterator[Any]:
            return by_numpy(arrays, batch_size, shuffle)

        epochs = {"limit": limit, "ours": lambda a=loader: a, "hand": by_hand, "hook": hooked, "torch": plain}
        seconds = take_turns({name: lambda a=epoch: exhaust(a()) for name, epoch in epochs.items()}, repeats)
        times = {name: ratios(seconds[name], seconds["ours"]) for name in ("torch", "hook", "hand", "limit")}
        what = f"rows of {shape}, batches of {batch_size}, {'shuffled' if shuffle else 'in order'}"
        goals.at_least(f"{what}, times PyTorch's batch hook", median(times["hook"]), GOAL_HOOK)
        if shuffle and batch_size >= 128:
            goals.at_least(f"{what}, share of the limit", median(times["limit"]), GOAL_SHARE[shape])
            if shape == (64,):
                goals.at_least(f"{what}, times PyTorch", median(times["torch"]), GOAL_TORCH)
                goals.at_least(f"{what}, times PyTorch by hand", median(times["hand"]), GOAL_BY_HAND)
        rate = spread([count / each / 1e6 for each in seconds["ours"]])
        lines.append(
            f"| {shape} | {batch_size} | {'shuffled' if shuffle else 'in order'} | {rate} | "
            f"{' | '.join(spread(each) for each in times.values())} |"
        )
    return lines


def others_in_memory(repeats: int, batch_size: int = 128) -> list[str]:
    """Compare epochs over shuffled rows of 64 in memory with all that is installed."""
    count = IN_MEMORY[(64,)]
    rows, labels = np.random.default_rng(0).random((count, 64), dtype=np.float32), np.arange(count)
    loader = DataLoader(TensorDataset(Tensor(rows), Tensor(labels)), batch_size, shuffle=True)
    epochs = {
        "a loop of NumPy's `take`, the limit": lambda: by_numpy((rows, labels), batch_size, shuffle=True),
        "TinyTorch": lambda: loader,
        **loader_peers.rows_by_torch(rows, labels, batch_size, shuffle=True),
        **loader_peers.rows_by_others(rows, labels, batch_size),
    }
    seconds = take_turns({name: lambda a=epoch: exhaust(a()) for name, epoch in epochs.items()}, repeats)
    lines = [f"| {count:,} shuffled rows of 64, batches of {batch_size} | thousand samples/s | TinyTorch, times this |"]
    lines.append("|---|---|---|")
    for name, taken in seconds.items():
        times = ratios(taken, seconds["TinyTorch"])
        lines.append(f"| {name} | {spread([count / each / 1e3 for each in taken])} | {spread(times)} |")
    return lines


def start_up(repeats: int) -> list[str]:
    """Time the first batch of an epoch."""
    from torch import from_numpy
    from torch.utils import data

    arrays = np.random.default_rng(0).random((20_000, 784), dtype=np.float32), np.arange(20_000)
    ours = DataLoader(TensorDataset(*map(Tensor, arrays)), 128, shuffle=True)
    dataset = data.TensorDataset(*map(from_numpy, arrays))
    fresh = {
        workers: data.DataLoader(dataset, 128, shuffle=True, num_workers=workers, persistent_workers=workers > 0)
        for workers in (0, 2)
    }
    seconds = take_turns(
        {
            "TinyTorch": lambda: next(iter(ours)),
            "PyTorch": lambda: next(iter(fresh[0])),
            "PyTorch, 2 persistent workers": lambda: next(iter(fresh[2])),
        },
        repeats,
    )
    lines = ["| first batch of 128 rows of 784, shuffled | ms |", "|---|---|"]
    return lines + [f"| {name} | {spread([each * 1e3 for each in taken])} |" for name, taken in seconds.items()]


def shuffling(goals: Goals, repeats: int, count: int) -> list[str]:
    """Compare the orders of an epoch: an array of indices, and a list."""

    class Many:
        """Samples that nobody looks at."""

        def __len__(self) -> int:
            return count

        def __getitem__(self, index: int) -> int:
            return index

    def first_batch() -> Any:
        return next(iter(DataLoader(Many(), 1, shuffle=True)))

    def shuffle_list() -> None:
        order = list(range(count))
        random.shuffle(order)

    seconds = take_turns({"array": first_batch, "list": shuffle_list}, repeats)
    times, peak = ratios(seconds["list"], seconds["array"]), peak_bytes(first_batch)
    goals.at_least(f"shuffling {count:,} indices, times random.shuffle of a list", median(times), 10)
    goals.at_most("the same, bytes an index at the peak", peak / count, 9)
    return [
        f"Shuffling {count:,} indices, up to the first batch: {spread(seconds['array'])} s, "
        f"{spread(times)} times the rate of `random.shuffle` on a list, {peak / 1e6:.0f} MB at the peak."
    ]


def nothing_to_hide(repeats: int) -> list[str]:
    """Time `prefetch` where the loop computes nothing: what it costs to hand a batch from one thread to another."""
    lines = ["| shuffled rows in memory | batch | µs a batch | with `prefetch`, µs | rate, times that without |"]
    lines.append("|---|---|---|---|---|")
    for shape, batch_size in itertools.product(IN_MEMORY, (128, 512)):
        count = IN_MEMORY[shape]
        rows = Tensor(np.random.default_rng(0).random((count, *shape), dtype=np.float32))
        loader = DataLoader(TensorDataset(rows, Tensor(np.arange(count))), batch_size, shuffle=True)
        seconds = take_turns(
            {"without": lambda a=loader: exhaust(a), "with": lambda a=loader: exhaust(prefetch(a))}, repeats
        )
        each = [spread([taken / len(loader) * 1e6 for taken in seconds[name]]) for name in seconds]
        times = spread(ratios(seconds["without"], seconds["with"]))
        lines.append(f"| {shape} | {batch_size} | {' | '.join(each)} | {times} |")
    return lines


# From disk


def write_jpegs(folder: Path, count: int, height: int = 224, width: int = 224) -> None:
    """Write pictures with shapes and grain, as large as photographs of this size are, in two classes; 32 differ."""
    numbers = np.random.default_rng(0)
    for number in range(count):
        place = folder / ("even" if number % 2 == 0 else "odd") / f"{number:04}.jpg"
        place.parent.mkdir(parents=True, exist_ok=True)
        if number >= 32:
            place.write_bytes((place.parent / f"{number % 32:04}.jpg").read_bytes())
            continue
        coarse = Image.fromarray(numbers.integers(0, 256, (height // 8, width // 8, 3), np.uint8))
        shapes = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), np.float32)
        picture = (shapes + numbers.normal(0, 12, shapes.shape)).clip(0, 255).astype(np.uint8)
        Image.fromarray(picture).save(place, quality=85)


def jpegs(goals: Goals, repeats: int, count: int, batch_size: int = 16) -> list[str]:
    """Hide the decoding of JPEGs behind training steps of 40 ms."""
    with tempfile.TemporaryDirectory(prefix="bench-jpegs-") as name:
        write_jpegs(Path(name), count)
        folder = ImageFolder(name)
        ours = DataLoader(folder, batch_size, shuffle=True)
        forked = ScalingLoader(folder, batch_size, shuffle=True, num_workers=2)
        pillow = partial(loader_peers.by_pillow, size=(224, 224))
        peer = loader_peers.by_torch(folder.samples, pillow, batch_size)

        def train(batches: Iterable[Any]) -> None:
            for _ in batches:
                time.sleep(STEP_SECONDS)  # the device computes

        seconds = take_turns(
            {
                "loading alone": lambda: exhaust(ours),
                "steps alone": lambda: train(range(len(ours))),
                "TinyTorch": lambda: train(ours),
                "TinyTorch, prefetch": lambda: train(prefetch(ours)),
                "TinyTorch, 2 workers": lambda: train(forked),
                "PyTorch, 2 persistent workers": lambda: train(peer()),
            },
            repeats,
        )
    waited = [a - b for a, b in zip(seconds["TinyTorch, prefetch"], seconds["steps alone"], strict=True)]
    hidden = [1 - max(0.0, a) / b for a, b in zip(waited, seconds["loading alone"], strict=True)]
    goals.at_least("JPEG, 40 ms steps, share of the loading that is hidden", median(hidden), 0.95)
    lines = [f"| {count} JPEGs of 224x224, batches of {batch_size}, 40 ms steps | images/s |", "|---|---|"]
    lines += [f"| {name} | {spread([count / each for each in taken])} |" for name, taken in seconds.items()]
    return [*lines, "", f"Of the loading, {spread([100 * each for each in hidden])} % is hidden behind the steps."]


@contextmanager
def without_simplejpeg() -> Iterator[None]:
    """Let ImageFolder decode as where simplejpeg is not installed."""
    found = images._simplejpeg
    images._simplejpeg = lambda: None
    try:
        yield
    finally:
        images._simplejpeg = found


def photograph_loaders(folder: Path, files: Path, batch_size: int) -> dict[str, Callable[[], loader_peers.Epoch]]:
    """Return by name what makes each loader of photographs; the first one only decodes, which is the limit."""

    samples = ImageFolder(folder).samples

    def decode(sample: tuple[str, int]) -> np.ndarray:
        with Image.open(sample[0]) as opened:
            return np.asarray(opened.resize(PHOTOGRAPH_SIZE[::-1], Image.Resampling.BILINEAR))

    def decoding() -> Iterator[Any]:
        with ThreadPoolExecutor(loader_peers.WORKERS) as pool:
            yield from pool.map(decode, samples)

    def ours(exact: bool, workers: int = 0, kind: str = "processes", simplejpeg: bool = False) -> loader_peers.Epoch:
        dataset = ImageFolder(folder, size=PHOTOGRAPH_SIZE, exact=exact)
        loader = ScalingLoader(dataset, batch_size, shuffle=True, num_workers=workers, workers=kind)

        def epoch() -> Iterator[Any]:
            with nullcontext() if simplejpeg else without_simplejpeg():
                yield from loader

        return epoch

    makers: dict[str, Callable[[], loader_peers.Epoch]] = {
        LIMIT: lambda: decoding,
        "TinyTorch": partial(ours, True),
        "TinyTorch, 2 processes": partial(ours, True, 2),
        "TinyTorch, 2 threads": partial(ours, True, 2, "threads"),
        "TinyTorch, 2 threads, exact=False": partial(ours, False, 2, "threads"),
    }
    if loader_peers.installed("simplejpeg"):
        makers["TinyTorch + simplejpeg, 2 threads, exact=False"] = partial(ours, False, 2, "threads", True)
    return {**makers, **loader_peers.photographs_by_others(samples, PHOTOGRAPH_SIZE, batch_size, files)}


def photographs(
    goals: Goals, repeats: int, height: int, width: int, count: int, batch_size: int = 16, memory: bool = True
) -> list[str]:
    """Compare loading photographs, resized to 224x224, with all that is installed; also what memory each takes."""
    with tempfile.TemporaryDirectory(prefix="bench-photographs-") as name:
        folder, files = Path(name, "photographs"), Path(name, "files")
        files.mkdir()
        write_jpegs(folder, count, height, width)
        makers = photograph_loaders(folder, files, batch_size)
        epochs = {name: make() for name, make in makers.items()}
        seconds = take_turns({name: lambda a=epoch: exhaust(a()) for name, epoch in epochs.items()}, repeats)
        resident = {name: measured_alone(folder, files, name, batch_size) for name in makers} if memory else {}
        differences = {}
        for size in (PHOTOGRAPH_SIZE, (PHOTOGRAPH_SIZE[0] // 2,) * 2, (PHOTOGRAPH_SIZE[0] // 4,) * 2):
            with without_simplejpeg():
                exact, scaled = (ImageFolder(folder, size=size, exact=each)[0][0] for each in (True, False))
            differences[f"{size[0]}x{size[1]}"] = float(abs(scaled.astype(int) - exact).mean())
    rates = {name: [count / each for each in taken] for name, taken in seconds.items()}
    what = f"photographs of {width}x{height}"
    best = max(("TinyTorch, 2 processes", "TinyTorch, 2 threads"), key=lambda name: median(rates[name]))
    goals.at_least(f"{what}, exact, share of the limit", median(ratios(rates[best], rates[LIMIT])), 0.85)
    for name, goal in EXACT_PEERS.items():
        if name in rates:
            goals.at_least(f"{what}, exact, times {name}", median(ratios(rates[best], rates[name])), goal)
    ours, peer = "TinyTorch + simplejpeg, 2 threads, exact=False", "PyTorch + simplejpeg, 2 workers"
    if ours in rates:
        goals.at_least(f"{what}, not exact, times {peer}", median(ratios(rates[ours], rates[peer])), 1.0)
    scaled_times = median(ratios(rates["TinyTorch, 2 threads, exact=False"], rates["TinyTorch, 2 threads"]))
    if min(height, width) >= 2 * max(PHOTOGRAPH_SIZE):
        goals.at_least(f"{what}, exact=False, times exact", scaled_times, 1.6)
    if resident:
        own, torchs = resident["TinyTorch, 2 processes"], resident["PyTorch, 2 workers"]
        goals.at_most(f"{what}, 2 processes, share of the memory of PyTorch's", own / torchs, 0.5)
    lines = [f"| {count} JPEGs of {width}x{height} as 224x224, batches of {batch_size} | images/s | memory, MB |"]
    lines.append("|---|---|---|")
    for name in rates:
        megabytes = f"{resident[name] / 1e6:.0f}" if resident else ""
        lines.append(f"| {name} | {spread(rates[name])} | {megabytes} |")
    told = ", ".join(f"{each:.2f} at {size}" for size, each in differences.items())
    return [*lines, "", f"`exact=False` changes a channel by so much of 255 on average: {told}."]


def measured_alone(folder: Path, files: Path, name: str, batch_size: int) -> int:
    """Return the most memory, shared pages in parts, of all processes that load photographs in one of the ways."""
    from tests.programs.bench_grading import proportional_bytes  # here, as it takes a second, and all readers import us

    command = [
        sys.executable,
        "-m",
        "tests.programs.bench_loader",
        "--photographs",
        str(folder),
        str(files),
        name,
        str(batch_size),
    ]
    most = 0
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            with suppress(psutil.Error):
                watched = psutil.Process(process.pid)
                most = max(most, sum(map(proportional_bytes, [watched, *watched.children(recursive=True)])))
            time.sleep(0.05)
    if process.returncode:
        raise RuntimeError(f"loading photographs with {name} ended with exit code {process.returncode}")
    return most


class Counted:
    """Rows that count how often one was fetched."""

    def __init__(self, count: int) -> None:
        self.rows, self.fetched = np.arange(count * 16, dtype=np.float32).reshape(count, 16), 0

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> np.ndarray:
        self.fetched += 1
        return self.rows[index]


def resuming(goals: Goals, repeats: int, batches: int, batch_size: int = 32) -> list[str]:
    """Compare what it takes to go on in the middle of an epoch, up to the next batch."""

    def ours(rows: Counted) -> loader_peers.Resumable:
        loader = ScalingLoader(rows, batch_size, shuffle=True)

        def go_on(state: Any) -> Iterator[Any]:
            loader.load_state_dict(state)
            return iter(loader)

        return loader_peers.Resumable(iter(loader), loader.state_dict, go_on)

    runs: dict[str, Callable[[], None]] = {}
    fetched: dict[str, int] = {}
    state_bytes: dict[str, int] = {}
    for name, make_for in {"TinyTorch": ours, **loader_peers.resumable(batch_size)}.items():
        rows = Counted(batches * batch_size)
        make = partial(make_for, rows)
        stopped = make()
        for _ in range(batches // 2):
            next(stopped.batches)
        state = stopped.state()
        expected = first_array(next(stopped.batches))
        state_bytes[name] = len(pickle.dumps(state))

        def resume(name=name, rows=rows, make=make, state=state, expected=expected) -> None:
            before = rows.fetched
            batch = next(make().go_on(state))
            fetched[name] = rows.fetched - before
            if not np.array_equal(first_array(batch), expected):
                raise RuntimeError(f"{name} went on with another batch")

        runs[name] = resume
    seconds = take_turns(runs, repeats)
    goals.at_most("going on in the middle, samples fetched for the next batch", fetched["TinyTorch"], batch_size)
    if "StatefulDataLoader" in seconds:
        times = ratios(seconds["StatefulDataLoader"], seconds["TinyTorch"])
        goals.at_least("going on in the middle, times StatefulDataLoader", median(times), 10)
    lines = [
        f"| going on at batch {batches // 2:,} of {batches:,} | ms to the next one | samples fetched | state, bytes |",
        "|---|---|---|---|",
    ]
    for name, taken in seconds.items():
        times_told = spread([each * 1e3 for each in taken])
        lines.append(f"| {name} | {times_told} | {fetched[name]:,} | {state_bytes[name]:,} |")
    return lines


def first_array(batch: Any) -> np.ndarray:
    """Return the rows of a batch, in whatever form it came."""
    rows = batch[0] if isinstance(batch, (tuple, list)) else batch
    return np.asarray(rows.data if isinstance(rows, Tensor) else rows)


# A map of 100 GB


class TorchMap:
    """The rows of a map for PyTorch, one at a time."""

    def __init__(self, path: str, order: str) -> None:
        self.rows = np.memmap(path, np.float32, mode="r", shape=(MAP_ROWS, *MAP_ROW))
        # without this, shuffled reads crawl: the system reads far ahead of each row
        self.rows.base.madvise(mmap.MADV_RANDOM if order == "shuffled" else mmap.MADV_SEQUENTIAL)

    def __len__(self) -> int:
        return MAP_ROWS

    def __getitem__(self, index: int) -> Any:
        from torch import from_numpy

        return from_numpy(np.array(self.rows[index]))


def read_map(path: str, who: str, order: str, batches: int, batch_size: int = 128) -> None:
    """Read a part of the map; print processor seconds after the first batch, and the most that was resident.

    The file is one hole, so nothing waits for a disk: all that a clock would add is what other processes take
    meanwhile.
    """
    loader: Iterable[Any]
    if who == "ours":
        dataset = MemmapDataset(
            RawArray(path, np.float32, (MAP_ROWS, *MAP_ROW)), access="random" if order == "shuffled" else "sequential"
        )
        loader = DataLoader(dataset, batch_size, shuffle=order == "shuffled")
    else:
        from torch.utils import data

        rows = TorchMap(path, order)
        # drawn as they are read: an order of all 32 million would be a list, which does not fit below the ceiling
        drawn = data.RandomSampler(rows, replacement=True, num_samples=(batches + 1) * batch_size)
        sampler = drawn if order == "shuffled" else None
        loader = data.DataLoader(rows, batch_size, sampler=sampler)
    batches_left: Iterator[Any] = iter(loader)
    next(batches_left)
    began = time.process_time()
    for _ in range(batches):
        next(batches_left)
    seconds = time.process_time() - began
    print(json.dumps({"seconds": seconds, "resident_bytes": peak_resident_bytes()}))


def memory_map(goals: Goals, repeats: int, batches: int) -> list[str]:
    """Compare reading rows from a map of 100 GB, by processes that may hold 1 GiB."""
    lines = [
        "| 100 GB map, batches of 128 rows of 784 | TinyTorch, batches/s | times PyTorch | most resident, MB |",
        "|---|---|---|---|",
    ]
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-map-", dir=ROOT / "build") as name, ceiling() as prefix:
        path = Path(name) / "rows.f32"
        with path.open("wb") as file:
            file.truncate(MAP_ROWS * int(np.prod(MAP_ROW)) * 4)
        for order, goal, count in (("in order", 5.0, 10 * batches), ("shuffled", 2.0, batches)):
            taken: dict[str, list[dict[str, float]]] = {"ours": [], "torch": []}
            for turn in range(repeats):
                for who in list(taken)[:: -1 if turn % 2 else 1]:
                    reader = [sys.executable, "-m", "tests.programs.bench_loader", "--map", str(path)]
                    command = [*prefix, *reader, who, order, str(count)]
                    forget(path)
                    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
                    taken[who].append(json.loads(said))
            seconds = {who: [each["seconds"] for each in runs] for who, runs in taken.items()}
            times = ratios(seconds["torch"], seconds["ours"])
            resident = max(each["resident_bytes"] for each in taken["ours"]) / 1e6
            goals.at_least(f"100 GB map, {order}, times PyTorch", median(times), goal)
            goals.at_most(f"100 GB map, {order}, MB resident", resident, 512 * goals.factor)
            rate = spread([count / each for each in seconds["ours"]])
            lines.append(f"| {order} | {rate} | {spread(times)} | {resident:.0f} |")
        lines += [
            "",
            f"Each process ran {'in a cgroup of 1 GiB' if prefix else 'without a ceiling'}.",
        ]
    return lines


def forget(path: Path) -> None:
    """Have the system drop what it keeps of a file in memory: nobody reads what another one has read before."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


class ceiling:
    """A cgroup whose processes hold at most 1 GiB together; what to put before a command for that."""

    def __enter__(self) -> list[str]:
        for place, limit in (("memory", "memory.limit_in_bytes"), (".", "memory.max")):
            self.group = Path("/sys/fs/cgroup") / place / f"bench-loader-{os.getpid()}"
            with suppress(OSError):
                self.group.mkdir()
                (self.group / limit).write_text(str(MAP_CEILING_BYTES))
                return ["sh", "-c", 'echo $$ > "$0" && exec "$@"', str(self.group / "cgroup.procs")]
            with suppress(OSError):
                self.group.rmdir()
        return []

    def __exit__(self, *error: object) -> None:
        with suppress(OSError):
            self.group.rmdir()


# Growth


def growth(counts: Sequence[int]) -> tuple[list[str], dict[str, list[float]]]:
    """Measure what a sample costs, and the most memory an epoch takes, as datasets grow."""
    lines = [
        "| samples of 64 float32 | ns per sample, shuffled | ns per sample, in order | MB at an epoch's peak |",
        "|---|---|---|---|",
    ]
    curves: dict[str, list[float]] = {"shuffled": [], "in order": [], "peak": []}
    for count in counts:
        rows = Tensor(np.zeros((count, 64), np.float32))
        shuffled, plain = (DataLoader(TensorDataset(rows), 128, shuffle) for shuffle in (True, False))
        epochs = max(1, 100_000 // count)

        def several(loader: DataLoader, epochs: int = epochs) -> None:
            for _ in range(epochs):
                exhaust(loader)

        seconds = take_turns(
            {"shuffled": lambda a=shuffled: several(a), "in order": lambda a=plain: several(a)}, repeats=5
        )
        each = {name: median(taken) / epochs / count * 1e9 for name, taken in seconds.items()}
        peak = peak_bytes(lambda a=shuffled: exhaust(a))
        for name, value in {**each, "peak": peak}.items():
            curves[name].append(value)
        lines.append(f"| {count:,} | {each['shuffled']:.0f} | {each['in order']:.0f} | {peak / 1e6:.2f} |")
    return lines, curves


def draw_growth(counts: Sequence[int], curves: dict[str, list[float]]) -> None:
    """Draw what a sample costs as datasets grow."""
    from tinytorch.profiling import plots

    figures = {
        "loader-time.png": plots.draw_curves(
            counts,
            {name: [value / 1e9 for value in curves[name]] for name in ("shuffled", "in order")},
            title="What a sample costs, as datasets grow",
            x_label="samples of 64 float32 in the dataset, batches of 128",
            y_label="time per sample",
            unit="s",
        ),
        "loader-memory.png": plots.draw_curves(
            counts,
            {"an epoch's peak": curves["peak"], "8 B an index": [8.0 * count for count in counts]},
            title="What an epoch takes beyond the dataset, as it grows",
            x_label="samples in the dataset, shuffled",
            y_label="memory beyond the dataset",
            unit="B",
        ),
    }
    for name, axes in figures.items():
        axes.figure.savefig(IMAGES / name, dpi=110, bbox_inches="tight")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Measure how fast data is loaded.")
    parser.add_argument("--short", action="store_true", help="a part of it, with half the goals")
    parser.add_argument("--repeats", type=int, default=7, help="turns of each contender")
    parser.add_argument("--write", action="store_true", help=f"put the result into docs/{PAGE.name}")
    parser.add_argument("--photographs", nargs=4, metavar=("FOLDER", "FILES", "NAME", "BATCH"), help=argparse.SUPPRESS)
    parser.add_argument("--map", nargs=4, metavar=("FILE", "WHO", "ORDER", "BATCHES"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.map:
        path, who, order, batches = options.map
        read_map(path, who, order, int(batches))
        return 0
    loader_peers.quiet()
    if options.photographs:
        folder, files, name, batch_size = options.photographs
        exhaust(photograph_loaders(Path(folder), Path(files), int(batch_size))[name]()())
        return 0
    try:
        import torch
    except ModuleNotFoundError:
        sys.exit("PyTorch is missing, which this compares with: `make torch` installs it.")
    torch.set_num_threads(1)  # rows are copied by one thread in each
    short, repeats = options.short, 3 if options.short else options.repeats
    goals = Goals(0.5 if short else 1.0)
    counts = [10**3, 10**4] if short else [10**3, 10**4, 10**5, 10**6, 10**7]
    print("in memory", flush=True)
    sections = {"loader: memory": in_memory(goals, repeats, (128,) if short else BATCH_SIZES)}
    sections["loader: others"] = others_in_memory(min(repeats, 5))
    print("start-up and shuffling", flush=True)
    sections["loader: start"] = [*start_up(repeats), "", *shuffling(goals, min(repeats, 5), 10**6 if short else 10**7)]
    print("prefetch with nothing to hide", flush=True)
    sections["loader: nothing to hide"] = nothing_to_hide(min(repeats, 5))
    print("going on in the middle of an epoch", flush=True)
    sections["loader: resume"] = resuming(goals, min(repeats, 5), 1000 if short else 10_000)
    print("photographs", flush=True)
    sections["loader: photographs"] = [
        *photographs(goals, min(repeats, 5), 400, 500, 64 if short else 640, 4 if short else 16, not short),
        "",
        *photographs(goals, min(repeats, 5), 1200, 1600, 16 if short else 320, 2 if short else 8, not short),
    ]
    print("JPEG behind steps", flush=True)
    sections["loader: jpeg"] = jpegs(goals, min(repeats, 5), 160 if short else 640)
    print("100 GB map", flush=True)
    sections["loader: map"] = memory_map(goals, min(repeats, 5), 200 if short else 1000)
    print("growth", flush=True)
    sections["loader: growth"], curves = growth(counts)
    for lines in sections.values():
        print("", *lines, sep="\n")
    print("", *goals.lines, sep="\n")
    if options.write:
        packages = ["numpy", "torch", "Pillow", *loader_peers.distributions()]
        for name, lines in sections.items():
            head = [describe_machine(*packages), ""] if name == "loader: memory" else []
            write_section(PAGE, name, "\n".join([*head, *lines]))
        draw_growth(counts, curves)
    print(f"\n{len(goals.missed)} of {len(goals.lines)} goals missed" if goals.missed else "\nall goals reached")
    return 1 if goals.missed else 0


if __name__ == "__main__":
    sys.exit(main())
