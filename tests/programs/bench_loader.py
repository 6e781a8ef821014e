"""Load the same data with TinyTorch and with PyTorch, side by side, and hold both against the machine.

Every figure is the median of repeats in which the contenders take turns, with the least and the most in brackets;
ratios are those of one turn. The run fails where a goal below is missed.

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
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from PIL import Image

from tests.helpers.performance_page import PAGE, ROOT, describe_machine, spread, write_section
from tinytorch import DataLoader, ScalingLoader, Tensor, TensorDataset, prefetch
from tinytorch.datasets import ImageFolder, MemmapDataset, RawArray
from tinytorch.profiling import peak_bytes, peak_resident_bytes

IMAGES = ROOT / "docs" / "images"
BATCH_SIZES = (32, 128, 512)
# How many rows: the datasets are of 13 to 98 MB
IN_MEMORY = {(64,): 50_000, (784,): 20_000, (3, 32, 32): 8_000}
GOAL_TORCH = {(64,): 30.0, (784,): 10.0, (3, 32, 32): 4.0}  # times the rate of PyTorch without workers, shuffled
GOAL_LIMIT = {(64,): 2.2, (784,): 1.2, (3, 32, 32): 1.2}  # at most this many times as long as the limit, shuffled
GOAL_HOOK = 2.0  # times the rate of PyTorch with its own hook for batches
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


def torch_loader(arrays: Sequence[np.ndarray], batch_size: int, shuffle: bool, workers: int = 0) -> Iterable[Any]:
    """Return PyTorch's own loader of a TensorDataset."""
    from torch import from_numpy
    from torch.utils import data

    dataset = data.TensorDataset(*map(from_numpy, arrays))
    return data.DataLoader(dataset, batch_size, shuffle=shuffle, num_workers=workers, persistent_workers=workers > 0)


def torch_batch_loader(arrays: Sequence[np.ndarray], batch_size: int, shuffle: bool) -> Iterable[Any]:
    """Return PyTorch's loader with its hook for fetching many samples at once, which collates nothing then."""
    import torch
    from torch.utils import data

    class Rows(data.TensorDataset):
        def __getitems__(self, indices: list[int]) -> list[Any]:
            places = torch.as_tensor(indices)
            return [tensor[places] for tensor in self.tensors]

    dataset = Rows(*map(torch.from_numpy, arrays))
    return data.DataLoader(dataset, batch_size, shuffle=shuffle, collate_fn=list)


def in_memory(goals: Goals, repeats: int, batch_sizes: Sequence[int]) -> list[str]:
    """Compare epochs over arrays in memory."""
    lines = [
        "| rows | batch | order | TinyTorch, million samples/s | times PyTorch | times PyTorch with its batch hook | "
        "time, in times the limit |",
        "|---|---|---|---|---|---|---|",
    ]
    for shape, shuffle, batch_size in itertools.product(IN_MEMORY, (True, False), batch_sizes):
        count = IN_MEMORY[shape]
        rows = np.random.default_rng(0).random((count, *shape), dtype=np.float32)
        labels = np.arange(count)
        loader = DataLoader(TensorDataset(Tensor(rows), Tensor(labels)), batch_size, shuffle)
        plain = torch_loader((rows, labels), batch_size, shuffle)
        hooked = torch_batch_loader((rows, labels), batch_size, shuffle)
        warm = np.empty_like(rows), np.empty_like(labels)
        order = np.random.default_rng(1).permutation(count) if shuffle else np.arange(count)

        def limit(arrays=(rows, labels), warm=warm, order=order) -> None:
            for array, buffer in zip(arrays, warm, strict=True):
                np.take(array, order, axis=0, out=buffer, mode="clip")

        seconds = take_turns(
            {
                "limit": limit,
                "ours": lambda loader=loader: exhaust(loader),
                "hook": lambda hooked=hooked: exhaust(hooked),
                "torch": lambda plain=plain: exhaust(plain),
            },
            repeats,
        )
        times_torch, times_hook = ratios(seconds["torch"], seconds["ours"]), ratios(seconds["hook"], seconds["ours"])
        times_limit = ratios(seconds["ours"], seconds["limit"])
        what = f"rows of {shape}, batches of {batch_size}, {'shuffled' if shuffle else 'in order'}"
        goals.at_least(f"{what}, times PyTorch's batch hook", median(times_hook), GOAL_HOOK)
        if shuffle:
            goals.at_least(f"{what}, times PyTorch", median(times_torch), GOAL_TORCH[shape])
            goals.at_most(f"{what}, times the limit's time", median(times_limit), GOAL_LIMIT[shape])
        rate = spread([count / each / 1e6 for each in seconds["ours"]])
        lines.append(
            f"| {shape} | {batch_size} | {'shuffled' if shuffle else 'in order'} | {rate} | {spread(times_torch)} | "
            f"{spread(times_hook)} | {spread(times_limit)} |"
        )
    return lines


def start_up(repeats: int) -> list[str]:
    """Time the first batch of an epoch."""
    arrays = np.random.default_rng(0).random((20_000, 784), dtype=np.float32), np.arange(20_000)
    ours = DataLoader(TensorDataset(*map(Tensor, arrays)), 128, shuffle=True)
    fresh = {workers: torch_loader(arrays, 128, shuffle=True, workers=workers) for workers in (0, 2)}
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


# From disk


def write_jpegs(folder: Path, count: int) -> None:
    """Write pictures of 224x224 with shapes and grain, 25 KB or so as photographs of this size have, in two classes."""
    numbers = np.random.default_rng(0)
    for number in range(count):
        coarse = Image.fromarray(numbers.integers(0, 256, (28, 28, 3), np.uint8))
        shapes = np.asarray(coarse.resize((224, 224), Image.Resampling.BICUBIC), np.float32)
        picture = (shapes + numbers.normal(0, 12, shapes.shape)).clip(0, 255).astype(np.uint8)
        place = folder / ("even" if number % 2 == 0 else "odd") / f"{number:04}.jpg"
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(place, quality=85)


def decode(path: str) -> np.ndarray:
    """Return a picture's pixels."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


class TorchImages:
    """The same pictures for PyTorch."""

    def __init__(self, samples: Sequence[tuple[str, int]]) -> None:
        self.samples = samples

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> tuple[Any, int]:
        from torch import from_numpy

        path, label = self.samples[index]
        return from_numpy(decode(path).copy()), label


def jpegs(goals: Goals, repeats: int, count: int, batch_size: int = 16) -> list[str]:
    """Compare epochs over JPEGs, without and with a training step of 40 ms for each batch."""
    from torch.utils import data

    with tempfile.TemporaryDirectory(prefix="bench-jpegs-") as name:
        write_jpegs(Path(name), count)
        folder = ImageFolder(name)
        ours = DataLoader(folder, batch_size, shuffle=True)
        forked = ScalingLoader(folder, batch_size, shuffle=True, num_workers=2)
        peers = {
            workers: data.DataLoader(
                TorchImages(folder.samples),
                batch_size,
                shuffle=True,
                num_workers=workers,
                persistent_workers=workers > 0,
            )
            for workers in (0, 2)
        }

        def all_cores() -> None:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                exhaust(pool.map(decode, [path for path, _ in folder.samples]))

        def train(batches: Iterable[Any]) -> None:
            for _ in batches:
                time.sleep(STEP_SECONDS)  # the device computes

        loading = take_turns(
            {
                "limit": all_cores,
                "TinyTorch": lambda: exhaust(ours),
                "TinyTorch, 2 workers": lambda: exhaust(forked),
                "PyTorch": lambda: exhaust(peers[0]),
                "PyTorch, 2 persistent workers": lambda: exhaust(peers[2]),
            },
            repeats,
        )
        training = take_turns(
            {
                "steps alone": lambda: train(range(len(ours))),
                "TinyTorch": lambda: train(ours),
                "TinyTorch, prefetch": lambda: train(prefetch(ours)),
                "TinyTorch, 2 workers": lambda: train(forked),
                "PyTorch": lambda: train(peers[0]),
                "PyTorch, 2 persistent workers": lambda: train(peers[2]),
            },
            repeats,
        )
    waited = [a - b for a, b in zip(training["TinyTorch, prefetch"], training["steps alone"], strict=True)]
    hidden = [1 - max(0.0, a) / b for a, b in zip(waited, loading["TinyTorch"], strict=True)]
    times = ratios(training["PyTorch, 2 persistent workers"], training["TinyTorch, prefetch"])
    goals.at_least("JPEG, 40 ms steps, share of the loading that is hidden", median(hidden), 0.95)
    goals.at_least("JPEG, 40 ms steps, times PyTorch with 2 persistent workers", median(times), 1.4)
    lines = [f"| {count} JPEGs of 224x224, batches of {batch_size} | loading alone, images/s | 40 ms steps, images/s |"]
    lines.append("|---|---|---|")
    for contender in dict.fromkeys([*loading, *training]):
        cells = [
            spread([count / each for each in taken[contender]]) if contender in taken else ""
            for taken in (loading, training)
        ]
        lines.append(f"| {contender.replace('limit', 'decoding alone, all cores')} | {cells[0]} | {cells[1]} |")
    lines += [
        "",
        f"Of the loading, {spread([100 * each for each in hidden])} % is hidden behind the steps; "
        f"{spread(times)} times the rate of PyTorch with two persistent workers.",
    ]
    return lines


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
    """Read a part of the map; print seconds after the first batch, and the most that was resident."""
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
    began = time.perf_counter()
    for _ in range(batches):
        next(batches_left)
    seconds = time.perf_counter() - began
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
        for order, goal, count in (("in order", 10.0, 10 * batches), ("shuffled", 2.5, batches)):
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
    parser.add_argument("--map", nargs=4, metavar=("FILE", "WHO", "ORDER", "BATCHES"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.map:
        path, who, order, batches = options.map
        read_map(path, who, order, int(batches))
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
    print("start-up and shuffling", flush=True)
    sections["loader: start"] = [*start_up(repeats), "", *shuffling(goals, min(repeats, 5), 10**6 if short else 10**7)]
    print("JPEG", flush=True)
    sections["loader: jpeg"] = jpegs(goals, min(repeats, 5), 320 if short else 1280)
    print("100 GB map", flush=True)
    sections["loader: map"] = memory_map(goals, min(repeats, 5), 200 if short else 1000)
    print("growth", flush=True)
    sections["loader: growth"], curves = growth(counts)
    for lines in sections.values():
        print("", *lines, sep="\n")
    print("", *goals.lines, sep="\n")
    if options.write:
        for name, lines in sections.items():
            head = [describe_machine("numpy", "torch", "Pillow"), ""] if name == "loader: memory" else []
            write_section(PAGE, name, "\n".join([*head, *lines]))
        draw_growth(counts, curves)
    print(f"\n{len(goals.missed)} of {len(goals.lines)} goals missed" if goals.missed else "\nall goals reached")
    return 1 if goals.missed else 0


if __name__ == "__main__":
    sys.exit(main())
