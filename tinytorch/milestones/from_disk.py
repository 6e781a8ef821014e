"""The layers of `mlp`, fed with 100,000 samples that lie in a file, by the loader of module 10."""

from __future__ import annotations

import tempfile
from itertools import islice
from pathlib import Path

import numpy as np

from tinytorch import SGD, CrossEntropyLoss, DataLoader, ScalingLoader, Tensor, TensorDataset, Trainer, prefetch
from tinytorch.datasets import MemmapDataset, split_digits
from tinytorch.milestones import Outcome
from tinytorch.milestones.mlp import LEAST, judge, make_model
from tinytorch.profiling import peak_bytes

SAMPLES = 100_000
EPOCHS = 3
PART = 10_000  # samples that are made at a time
MEASURED = 100  # batches while which memory is measured, which takes longer than loading them
MOST_OF_THE_FILE = 0.25  # of its bytes that may be in memory at once: batches, and the order of an epoch


def write_samples(folder: Path) -> tuple[Path, Path]:
    """Write 100,000 digits, drawn from those for training and each moved by up to a pixel, with their labels."""
    images, labels, _, _ = split_digits()
    files = folder / "images.npy", folder / "labels.npy"
    rows = np.lib.format.open_memmap(files[0], "w+", np.float32, (SAMPLES, 64))
    numbers = np.lib.format.open_memmap(files[1], "w+", np.int64, (SAMPLES,))
    chance = np.random.default_rng(0)
    for start in range(0, SAMPLES, PART):
        which = chance.integers(len(images), size=PART)
        numbers[start : start + PART] = labels[which]
        padded = np.pad(images[which], ((0, 0), (1, 1), (1, 1)))
        moves = chance.integers(3, size=(PART, 2))
        for down in range(3):
            for right in range(3):
                alike = np.flatnonzero((moves == (down, right)).all(axis=1))
                rows[start + alike] = padded[alike, down : down + 8, right : right + 8].reshape(-1, 64)
        print(f"written {start + PART:,} of {SAMPLES:,} samples", flush=True)
    return files


def run(picture: Path) -> Outcome:
    """Train on the file; of 359 unseen digits, 95 % have to be read right, and memory must not grow with the file."""
    _, _, test_images, test_labels = split_digits()
    unseen = DataLoader(TensorDataset(Tensor(test_images.reshape(-1, 64)), Tensor(test_labels)), 128)
    model = make_model()
    trainer = Trainer(model, SGD(model.parameters(), lr=0.1, momentum=0.9), CrossEntropyLoss())
    with tempfile.TemporaryDirectory(prefix="tinytorch-milestone-") as folder:
        files = write_samples(Path(folder))
        file_bytes = sum(file.stat().st_size for file in files)
        loader = Prefetched(ScalingLoader(MemmapDataset(*files, access="random"), 128, shuffle=True))
        peak = peak_bytes(lambda: [None for _ in islice(loader, MEASURED)])
        history = trainer.fit(loader, unseen, epochs=EPOCHS)
    read = model(Tensor(test_images.reshape(-1, 64))).data.argmax(axis=1)
    outcome = judge(history["val_accuracy"], read, LEAST, picture)
    return Outcome(
        outcome.reached and peak < MOST_OF_THE_FILE * file_bytes,
        f"{outcome.sentence}; loading took {peak / 1e6:.1f} MB of memory at the peak, for a file of "
        f"{file_bytes / 1e6:.1f} MB, and has to take {MOST_OF_THE_FILE:.0%} of it at most",
    )


class Prefetched:
    """A loader whose next batches are made while the model works on this one; the Trainer asks for its length, too."""

    def __init__(self, loader: ScalingLoader) -> None:
        self.loader = loader

    def __len__(self) -> int:
        return len(self.loader)

    def __iter__(self):  # noqa: ANN204
        return prefetch(self.loader)
