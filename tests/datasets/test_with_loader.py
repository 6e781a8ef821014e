"""Every dataset goes through module 05's DataLoader as it is."""

import struct

import numpy as np
import pytest
from PIL import Image

from tinytorch.core.dataloader import Compose, DataLoader, RandomCrop, RandomHorizontalFlip
from tinytorch.core.tensor import Tensor
from tinytorch.datasets import CIFAR10, MNIST, Cached, Concat, ImageFolder, MemmapDataset, Subset, Transformed

SAMPLES = 10


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Ten images and labels, in each format; of CIFAR-10 a whole file, which has no fewer."""
    folder = tmp_path_factory.mktemp("formats")
    pixels = np.random.default_rng(0).integers(0, 256, (SAMPLES, 28, 28), np.uint8)
    for index in range(SAMPLES):
        path = folder / "images" / f"class {index % 2}" / f"{index}.{'png' if index % 3 else 'jpg'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels[index]).save(path)
    np.save(folder / "pixels.npy", pixels)
    np.save(folder / "labels.npy", np.arange(SAMPLES))
    lengths = struct.pack(">III", SAMPLES, 28, 28)
    (folder / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03" + lengths + pixels.tobytes())
    (folder / "train-labels-idx1-ubyte").write_bytes(b"\0\0\x08\x01" + lengths[:4] + bytes(range(SAMPLES)))
    (folder / "test_batch.bin").write_bytes(bytes(10_000 * 3073))
    return folder


DATASETS = {
    "ImageFolder": (lambda root: ImageFolder(root / "images"), (28, 28, 3), np.uint8),
    "MemmapDataset": (lambda root: MemmapDataset(root / "pixels.npy", root / "labels.npy"), (28, 28), np.uint8),
    "MNIST": (MNIST, (28, 28), np.uint8),
    "CIFAR10": (lambda root: Subset(CIFAR10(root, train=False), range(0, 10_000, 1000)), (32, 32, 3), np.uint8),
    "Subset": (lambda root: Subset(MNIST(root), np.arange(SAMPLES)[::-1]), (28, 28), np.uint8),
    "Concat": (lambda root: Concat(Subset(MNIST(root), range(4)), Subset(MNIST(root), range(6))), (28, 28), np.uint8),
    "Cached": (lambda root: Cached(ImageFolder(root / "images", mode="L"), 4000), (28, 28, 1), np.uint8),
    "Transformed": (lambda root: Transformed(MNIST(root), lambda image: image / np.float32(255)), (28, 28), np.float32),
}


@pytest.mark.parametrize("name", DATASETS)
def test_a_loader_makes_batches_of_it(folder, name):
    make, shape, dtype = DATASETS[name]
    loader = DataLoader(make(folder), batch_size=4, shuffle=True, generator=np.random.default_rng(0))
    for _ in range(2):
        batches = list(loader)
        assert [images.shape for images, _ in batches] == [(4, *shape), (4, *shape), (2, *shape)]
        assert {images.dtype for images, _ in batches} == {np.dtype(dtype)}
        assert [(labels.shape, labels.dtype) for _, labels in batches] == [((n,), np.int64) for n in (4, 4, 2)]
        assert all(isinstance(part, Tensor) for batch in batches for part in batch)


@pytest.mark.parametrize("name", DATASETS)
def test_an_unshuffled_epoch_has_the_samples_in_order(folder, name):
    dataset = DATASETS[name][0](folder)
    images, labels = next(iter(DataLoader(dataset, batch_size=SAMPLES)))
    assert np.array_equal(images.numpy(), np.stack([dataset[index][0] for index in range(SAMPLES)]))
    assert labels.numpy().tolist() == [dataset[index][1] for index in range(SAMPLES)]


def test_images_are_augmented_outside_their_cache(folder):
    decoded = Cached(ImageFolder(folder / "images"), 1_000_000)
    augmented = Transformed(decoded, Compose([RandomHorizontalFlip(), RandomCrop(28)]))
    loader = DataLoader(augmented, batch_size=SAMPLES)
    ((first, _),), ((second, _),) = list(loader), list(loader)
    assert (decoded.hits, decoded.misses) == (SAMPLES, SAMPLES)
    assert first.shape == second.shape == (SAMPLES, 28, 28, 3)
    assert not np.array_equal(first.numpy(), second.numpy())
