"""The same loading by other libraries, each set up as its own documentation advises; what is not installed is left out.

`make bench-peers` adds them to .venv. Every function returns, by name, what gives one epoch of batches.
"""

from __future__ import annotations

import itertools
import logging
import os
import tarfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

# what pip installs, by what is imported
PACKAGES = {
    "torchdata": "torchdata",
    "spdl": "spdl",
    "grain": "grain",
    "datasets": "datasets",
    "webdataset": "webdataset",
    "cv2": "opencv-python-headless",
    "simplejpeg": "simplejpeg",
}
WORKERS = 2
Epoch = Callable[[], Iterable[Any]]


def installed(name: str) -> bool:
    """Whether a package is one of the peers, and can be imported."""
    return name in PACKAGES and find_spec(name) is not None


def distributions() -> list[str]:
    """Return the peers that are installed, as pip calls them."""
    return [distribution for name, distribution in PACKAGES.items() if installed(name)]


def quiet() -> None:
    """Have the peers say nothing of what is missing here, such as a GPU."""
    warnings.simplefilter("ignore")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    for name in ("absl", "datasets", "webdataset"):
        logging.getLogger(name).setLevel(logging.ERROR)


# Rows in memory


def rows_by_torch(rows: np.ndarray, labels: np.ndarray, batch_size: int, shuffle: bool) -> dict[str, Epoch]:
    """Return PyTorch's three ways to load rows and labels: as first shown, by its hook for batches, and by hand."""
    import torch
    from torch.utils import data

    class Rows(data.TensorDataset):
        # https://docs.pytorch.org/docs/stable/data.html: `__getitems__`, to speed up loading of batches
        def __getitems__(self, indices: list[int]) -> list[Any]:
            places = torch.as_tensor(indices)
            return [tensor[places] for tensor in self.tensors]

    tensors = torch.from_numpy(rows), torch.from_numpy(labels)

    def by_hand() -> Iterator[Any]:
        if shuffle:
            for places in torch.randperm(len(rows)).split(batch_size):
                yield [tensor.index_select(0, places) for tensor in tensors]
        else:
            for start in range(0, len(rows), batch_size):
                yield [tensor[start : start + batch_size].clone() for tensor in tensors]

    plain = data.DataLoader(data.TensorDataset(*tensors), batch_size, shuffle=shuffle)
    hooked = data.DataLoader(Rows(*tensors), batch_size, shuffle=shuffle, collate_fn=list)
    return {"PyTorch": lambda: plain, "PyTorch, `__getitems__`": lambda: hooked, "PyTorch, by hand": by_hand}


def rows_by_others(rows: np.ndarray, labels: np.ndarray, batch_size: int) -> dict[str, Epoch]:
    """Return the others' ways to load rows and labels, shuffled."""
    epochs: dict[str, Epoch] = {}
    if installed("torchdata"):
        # https://pytorch.org/data/0.11/stateful_dataloader_tutorial.html: a drop-in replacement
        from torch import from_numpy
        from torch.utils import data
        from torchdata.stateful_dataloader import StatefulDataLoader

        tensors = data.TensorDataset(from_numpy(rows), from_numpy(labels))
        epochs["StatefulDataLoader"] = lambda: StatefulDataLoader(tensors, batch_size, shuffle=True)
    if installed("spdl"):
        # https://facebookresearch.github.io/spdl/main/pipeline_guides/best_practice.html: stages on few threads, a sink
        from spdl.pipeline import PipelineBuilder

        def pipeline() -> Iterator[Any]:
            order = np.random.default_rng(0).permutation(len(rows))
            builder = (
                PipelineBuilder()
                .add_source([order[start : start + batch_size] for start in range(0, len(order), batch_size)])
                .pipe(lambda places: (rows.take(places, axis=0), labels.take(places)), concurrency=WORKERS)
                .add_sink(3)
            )
            built = builder.build(num_threads=WORKERS)
            with built.auto_stop():
                yield from built

        epochs["SPDL"] = pipeline
    if installed("grain"):
        # https://google-grain.readthedocs.io/en/latest/tutorials/dataset_basic_tutorial.html: source, shuffle, batch,
        # and `to_iter_dataset`, which reads ahead in threads
        import grain

        class Rows:
            def __len__(self) -> int:
                return len(rows)

            def __getitem__(self, index: int) -> tuple[Any, Any]:
                return rows[index], labels[index]

        batched = grain.MapDataset.source(Rows()).shuffle(seed=0).batch(batch_size)
        epochs["Grain"] = batched.to_iter_dataset
    if installed("datasets"):
        # https://huggingface.co/docs/datasets/use_with_pytorch: with_format, and whole batches from a BatchSampler
        from datasets import Dataset
        from torch.utils import data

        table = Dataset.from_dict({"rows": rows.reshape(len(rows), -1), "labels": labels}).with_format("torch")
        batches = data.BatchSampler(data.RandomSampler(table), batch_size, drop_last=False)
        loader = data.DataLoader(table, sampler=batches, batch_size=None)
        epochs["HF datasets"] = lambda: loader
    return epochs


# Photographs


def by_pillow(path: str, size: tuple[int, int]) -> np.ndarray:
    """Return a picture's pixels, resized, as torchvision's ImageFolder and Resize give them."""
    with Image.open(path) as image:
        return np.array(image.convert("RGB").resize(size[::-1], Image.Resampling.BILINEAR))


def by_simplejpeg(path: str, size: tuple[int, int]) -> np.ndarray:
    """Return a picture's pixels, decoded no larger than necessary, and resized."""
    import simplejpeg  # https://pypi.org/project/simplejpeg: min_height and min_width

    pixels = simplejpeg.decode_jpeg(Path(path).read_bytes(), "RGB", min_height=size[0], min_width=size[1])
    return np.array(Image.fromarray(pixels).resize(size[::-1], Image.Resampling.BILINEAR))


def by_opencv(path: str, size: tuple[int, int]) -> np.ndarray:
    """Return a picture's pixels, resized by averaging, as OpenCV advises for smaller ones."""
    import cv2  # https://docs.opencv.org/4.x/da/d54/group__imgproc__transform.html, resize: to shrink, INTER_AREA

    cv2.setNumThreads(1)  # as everybody here, one thread for each worker
    pixels = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)
    return cv2.resize(pixels, size[::-1], interpolation=cv2.INTER_AREA)


class Photographs:
    """Pictures and labels for loaders in PyTorch's manner, and for Grain."""

    def __init__(self, samples: Sequence[tuple[str, int]], decode: Callable[[str], np.ndarray]) -> None:
        self.samples, self.decode = samples, decode

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> tuple[Any, int]:
        path, label = self.samples[index]
        return self.decode(path), label


def photographs_by_others(
    samples: Sequence[tuple[str, int]], size: tuple[int, int], batch_size: int, folder: Path
) -> dict[str, Callable[[], Epoch]]:
    """Return what makes the others' loaders of photographs, two at a time, shuffled; `folder` is for their files."""
    pillow = partial(by_pillow, size=size)
    decoders = {
        "simplejpeg": ("PyTorch + simplejpeg, 2 workers", partial(by_simplejpeg, size=size)),
        "cv2": ("PyTorch + OpenCV, 2 workers", partial(by_opencv, size=size)),
    }
    makers: dict[str, Callable[[], Epoch]] = {"PyTorch, 2 workers": partial(by_torch, samples, pillow, batch_size)}
    for package, (name, decode) in decoders.items():
        if installed(package):
            makers[name] = partial(by_torch, samples, decode, batch_size)
    for package, name, make in (
        ("torchdata", "StatefulDataLoader, 2 workers", partial(_by_torchdata, samples, pillow, batch_size)),
        ("spdl", "SPDL, 2 threads", partial(_by_spdl, samples, pillow, batch_size)),
        ("grain", "Grain, 2 threads", partial(_by_grain, samples, pillow, batch_size)),
        ("datasets", "HF datasets, 2 workers", partial(_by_datasets, samples, size, batch_size)),
        ("webdataset", "webdataset, 2 workers", partial(_by_webdataset, samples, size, batch_size, folder)),
    ):
        if installed(package):
            makers[name] = make
    return makers


def by_torch(samples: Sequence[tuple[str, int]], decode: Callable[[str], np.ndarray], batch_size: int) -> Epoch:
    """Return batches of PyTorch's own loader, whose workers stay."""
    # https://docs.pytorch.org/docs/stable/data.html: num_workers and persistent_workers
    from torch.utils import data

    loader = data.DataLoader(
        Photographs(samples, decode), batch_size, shuffle=True, num_workers=WORKERS, persistent_workers=True
    )
    return lambda: loader


def _by_torchdata(samples: Sequence[tuple[str, int]], decode: Callable[[str], np.ndarray], batch_size: int) -> Epoch:
    """Return batches of the loader that can say where it is."""
    from torchdata.stateful_dataloader import StatefulDataLoader

    loader = StatefulDataLoader(
        Photographs(samples, decode), batch_size, shuffle=True, num_workers=WORKERS, persistent_workers=True
    )
    return lambda: loader


def _by_grain(samples: Sequence[tuple[str, int]], decode: Callable[[str], np.ndarray], batch_size: int) -> Epoch:
    """Return batches that Grain's threads read ahead; its processes would be started anew for each epoch."""
    # https://google-grain.readthedocs.io/en/latest/tutorials/dataset_basic_tutorial.html: ReadOptions
    import grain

    options = grain.ReadOptions(num_threads=WORKERS, prefetch_buffer_size=2 * batch_size)
    decoded = grain.MapDataset.source(Photographs(samples, decode)).shuffle(seed=0).to_iter_dataset(options)
    return lambda: decoded.batch(batch_size)


def _by_spdl(samples: Sequence[tuple[str, int]], decode: Callable[[str], np.ndarray], batch_size: int) -> Epoch:
    """Return batches decoded by Pillow in threads: SPDL needs FFmpeg to decode, which it does not bring."""
    # https://facebookresearch.github.io/spdl/main/pipeline_guides/best_practice.html: decode, aggregate, make a batch
    from spdl.pipeline import PipelineBuilder

    def labelled(sample: tuple[str, int]) -> tuple[np.ndarray, int]:
        return decode(sample[0]), sample[1]

    def collate(decoded: list[tuple[np.ndarray, int]]) -> tuple[np.ndarray, np.ndarray]:
        images, labels = zip(*decoded, strict=True)
        return np.stack(images), np.array(labels)

    def epoch() -> Iterator[Any]:
        builder = (
            PipelineBuilder()
            .add_source([samples[index] for index in np.random.default_rng(0).permutation(len(samples))])
            .pipe(labelled, concurrency=WORKERS)
            .aggregate(batch_size)
            .pipe(collate)
            .add_sink(3)
        )
        pipeline = builder.build(num_threads=WORKERS)
        with pipeline.auto_stop():
            yield from pipeline

    return epoch


def _by_datasets(samples: Sequence[tuple[str, int]], size: tuple[int, int], batch_size: int) -> Epoch:
    """Return batches of a Dataset of files, which PyTorch's workers decode."""
    # https://huggingface.co/docs/datasets/image_process (with_transform) and /use_with_pytorch (num_workers)
    from datasets import Dataset
    from datasets import Image as ImageFile
    from torch.utils import data

    paths, labels = zip(*samples, strict=True)
    table = Dataset.from_dict({"image": list(paths), "label": list(labels)}).cast_column("image", ImageFile())

    def transform(batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
        resized = [
            np.array(image.convert("RGB").resize(size[::-1], Image.Resampling.BILINEAR)) for image in batch["image"]
        ]
        return {"image": resized, "label": batch["label"]}

    loader = data.DataLoader(
        table.with_transform(transform), batch_size, shuffle=True, num_workers=WORKERS, persistent_workers=True
    )
    return lambda: loader


def _by_webdataset(samples: Sequence[tuple[str, int]], size: tuple[int, int], batch_size: int, folder: Path) -> Epoch:
    """Return batches from two tar files that hold the photographs, shuffled in a buffer."""
    # https://webdataset.github.io/webdataset/: decode("pil"), batched, WebLoader with batch_size=None
    import webdataset

    shards = [folder / f"photographs-{number}.tar" for number in range(WORKERS)]
    for number, shard in enumerate(shards):
        with tarfile.open(shard, "w") as tar:
            for place, (path, label) in enumerate(itertools.islice(samples, number, None, WORKERS)):
                named = folder / "label.cls"
                named.write_text(str(label))
                tar.add(path, f"{place:06}.jpg")
                tar.add(named, f"{place:06}.cls")

    def resize(image: Image.Image) -> np.ndarray:
        return np.array(image.convert("RGB").resize(size[::-1], Image.Resampling.BILINEAR))

    pipeline = (
        webdataset.WebDataset([str(shard) for shard in shards], shardshuffle=WORKERS)
        .shuffle(100)
        .decode("pil")
        .to_tuple("jpg", "cls")
        .map_tuple(resize, int)
        .batched(batch_size)
    )
    loader = webdataset.WebLoader(pipeline, batch_size=None, num_workers=WORKERS, persistent_workers=True)
    return lambda: loader


# Going on in the middle of an epoch


class Resumable(NamedTuple):
    """A loader in the middle of an epoch."""

    batches: Iterator[Any]
    state: Callable[[], Any]
    go_on: Callable[[Any], Iterator[Any]]  # takes a state, gives the batches that come then


def resumable(batch_size: int) -> dict[str, Callable[[Any], Resumable]]:
    """Return what makes, of a dataset, the others' loaders that can say where they are, shuffled."""
    makers: dict[str, Callable[[Any], Resumable]] = {}
    if installed("torchdata"):
        # https://pytorch.org/data/0.11/stateful_dataloader_tutorial.html: PyTorch's own samplers resume, too
        from torchdata.stateful_dataloader import StatefulDataLoader

        def stateful(dataset: Any) -> Resumable:
            loader = StatefulDataLoader(dataset, batch_size, shuffle=True)

            def go_on(state: Any) -> Iterator[Any]:
                loader.load_state_dict(state)
                return iter(loader)

            return Resumable(iter(loader), loader.state_dict, go_on)

        makers["StatefulDataLoader"] = stateful
    if installed("grain"):
        # https://google-grain.readthedocs.io/en/latest/tutorials/dataset_basic_tutorial.html: get_state, set_state
        import grain

        def by_grain(dataset: Any) -> Resumable:
            batches = iter(grain.MapDataset.source(dataset).shuffle(seed=0).batch(batch_size).to_iter_dataset())

            def go_on(state: Any) -> Iterator[Any]:
                batches.set_state(state)
                return batches

            return Resumable(batches, batches.get_state, go_on)

        makers["Grain"] = by_grain
    return makers
