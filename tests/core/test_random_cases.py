"""Random cases with fixed seeds, run here and by PyTorch: loaders, gradients, layers, optimizers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinytorch
import tinytorch.core.autograd  # what it adds to Tensor, backward() among it
from tinytorch import DataLoader, Tensor, TensorDataset

torch: Any = pytest.importorskip("torch", reason="PyTorch is not installed: make torch")
CLOSE = {"rtol": 1e-4, "atol": 1e-5}  # of float32
LENGTHS = (1, 2, 3, 4)  # of an axis


@pytest.mark.parametrize("seed", range(400))
def test_a_loader_gives_pytorch_s_batches(seed: int) -> None:
    rng = np.random.default_rng(seed)
    samples, batch_size = int(rng.integers(1, 40)), int(rng.integers(1, 45))
    arrays = [random_column(rng, samples) for _ in range(rng.integers(1, 4))]
    shuffle = bool(rng.integers(2))
    ours = DataLoader(TensorDataset(*map(Tensor, arrays)), batch_size, shuffle, generator=np.random.default_rng(seed))
    columns = torch.utils.data.TensorDataset(*map(torch.from_numpy, arrays))
    theirs = torch.utils.data.DataLoader(columns, batch_size, shuffle, generator=torch.Generator().manual_seed(seed))
    assert len(ours) == len(theirs)
    pairs = list(zip(ours, theirs, strict=True))
    for here, there in pairs:
        assert [(tensor.shape, tensor.dtype) for tensor in here] == [
            (tuple(tensor.shape), tensor.numpy().dtype) for tensor in there
        ]
        if not shuffle:
            for own, other in zip(here, there, strict=True):
                np.testing.assert_array_equal(own.data, other.numpy())
    for place, array in enumerate(arrays):  # shuffled or not, each row comes once
        rows = np.concatenate([here[place].data for here, _ in pairs])
        np.testing.assert_array_equal(in_order(rows), in_order(array))
    if len(arrays) > 1:  # and those of one sample stay together
        columns_here = [np.concatenate([here[place].data for here, _ in pairs]) for place in (0, 1)]
        assert sample_rows(columns_here) == sample_rows(arrays[:2])


def sample_rows(columns: list[np.ndarray]) -> set[tuple[float, ...]]:
    """Return the numbers of each sample, over its columns."""
    flat = [column.reshape(len(column), -1).tolist() for column in columns]
    return {(*first, *second) for first, second in zip(*flat, strict=True)}


def random_column(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Return an array with a row for each sample: float32 or int64, of one to three axes."""
    shape = (samples, *rng.choice(LENGTHS, size=rng.integers(0, 3)))
    if rng.integers(2):
        return rng.normal(size=shape).astype(np.float32)
    return rng.integers(-9, 9, size=shape)


def in_order(rows: np.ndarray) -> np.ndarray:
    """Return rows sorted, whatever their shape."""
    flat = rows.reshape(len(rows), -1)
    return flat[np.lexsort(flat.T)] if flat.shape[1] else flat


# A step of a random expression: from a tensor x and another of its shape, the same for both packages
STEPS: list[tuple[str, Any]] = [
    ("x + y", lambda x, y: x + y),
    ("x * y", lambda x, y: x * y),
    ("x - 2 * y", lambda x, y: x - 2 * y),
    ("x / (y * y + 1)", lambda x, y: x / (y * y + 1)),
    ("x ** 3", lambda x, y: x**3),
    ("-x", lambda x, y: -x),
    ("x + x.mean()", lambda x, y: x + x.mean()),
    ("x * x.sum(0, keepdim)", lambda x, y: x * keepdims(x.sum, 0)),
    ("x @ y.T @ x", lambda x, y: x @ y.transpose(0, 1) @ x * 0.1),
    ("x[::-1] by index", lambda x, y: x[list(range(len(x)))[::-1]]),
    ("x[0] + x", lambda x, y: x[0] + x),
    ("x.reshape and back", lambda x, y: x.reshape(-1).reshape(*x.shape) + y),
    ("x.transpose twice", lambda x, y: x.transpose(0, 1).transpose(0, 1)),
]


def keepdims(method: Any, axis: int) -> Any:
    """Call a reduction that keeps its axis, by the name that the package has for that."""
    return method(axis, keepdims=True) if isinstance(method.__self__, Tensor) else method(axis, keepdim=True)


@pytest.mark.parametrize("seed", range(120))
def test_an_expression_has_pytorch_s_value_and_gradients(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = tuple(rng.choice(LENGTHS, size=2))
    start, other = (rng.normal(size=shape).astype(np.float32) for _ in range(2))
    chosen = rng.integers(len(STEPS), size=rng.integers(1, 5))
    ends = []
    for make in (Tensor, torch.tensor):
        x, y = make(start, requires_grad=True), make(other, requires_grad=True)
        value = x
        for number in chosen:
            value = STEPS[number][1](value, y)
        (value * value).mean().backward()
        ends.append((value, x.grad, y.grad))
    names = [STEPS[number][0] for number in chosen]
    for own, reference in zip(*ends, strict=True):
        if own is None or reference is None:
            assert own is reference, names
        else:
            np.testing.assert_allclose(own.data, reference.detach().numpy(), **CLOSE, err_msg=str(names))


ACTIVATIONS = ("ReLU", "Sigmoid", "Tanh", "GELU")


@pytest.mark.parametrize("seed", range(80))
def test_a_network_has_pytorch_s_loss_and_gradients(seed: int) -> None:
    rng = np.random.default_rng(seed)
    batch, classes = int(rng.integers(1, 5)), int(rng.integers(2, 5))
    channels, side = int(rng.integers(1, 3)), int(rng.integers(4, 8))
    kernel, stride, padding = int(rng.integers(1, 4)), int(rng.integers(1, 3)), int(rng.integers(0, 2))
    activation, pool = str(rng.choice(ACTIVATIONS)), str(rng.choice(["MaxPool2d", "AvgPool2d"]))
    features = 3 * ((side + 2 * padding - kernel) // stride + 1) ** 2
    images = rng.normal(size=(batch, channels, side, side)).astype(np.float32)
    labels = rng.integers(classes, size=batch)

    def network(package: Any, flatten: Any) -> Any:
        convolution = package.Conv2d(channels, 3, kernel, stride=stride, padding=padding)
        first, last = getattr(package, pool)(1), package.Linear(features, classes)
        return package.Sequential(first, convolution, getattr(package, activation)(), flatten, last)

    ours, theirs = network(tinytorch, tinytorch.Flatten()), network(torch.nn, torch.nn.Flatten())
    for own, reference in zip(ours.parameters(), theirs.parameters(), strict=True):
        own.data[...] = reference.detach().numpy()
    ours_loss = tinytorch.CrossEntropyLoss()(ours(Tensor(images)), Tensor(labels))
    loss = torch.nn.CrossEntropyLoss()(theirs(torch.from_numpy(images)), torch.from_numpy(labels))
    ours_loss.backward()
    loss.backward()
    np.testing.assert_allclose(ours_loss.item(), loss.item(), **CLOSE)
    for own, reference in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(own.grad.data, reference.grad.numpy(), **CLOSE)


@pytest.mark.parametrize("seed", range(100))
def test_an_optimizer_takes_pytorch_s_steps(seed: int) -> None:
    rng = np.random.default_rng(seed)
    name = str(rng.choice(["SGD", "Adam", "AdamW"]))
    settings: dict[str, Any] = {"lr": float(rng.choice([1e-3, 1e-2, 0.1]))}
    if name == "SGD":
        settings["momentum"] = float(rng.choice([0, 0.5, 0.9]))
    else:
        settings |= {"betas": (float(rng.choice([0.5, 0.9])), float(rng.choice([0.9, 0.999]))), "eps": 1e-8}
    if name != "Adam":
        settings["weight_decay"] = float(rng.choice([0, 0.01, 0.1]))
    starts = [rng.normal(size=rng.choice(LENGTHS, size=2)).astype(np.float32) for _ in range(3)]
    ours = [Tensor(start.copy(), requires_grad=True) for start in starts]
    theirs = [torch.tensor(start, requires_grad=True) for start in starts]
    steppers = getattr(tinytorch, name)(ours, **settings), getattr(torch.optim, name)(theirs, **settings)
    for _ in range(10):
        for own, reference in zip(ours, theirs, strict=True):
            gradient = rng.normal(size=own.shape).astype(np.float32)
            skipped = rng.integers(8) == 0  # a parameter that took no part in the loss
            own.grad, reference.grad = (None, None) if skipped else (Tensor(gradient), torch.from_numpy(gradient))
        for stepper in steppers:
            stepper.step()
    for own, reference in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(own.data, reference.detach().numpy(), **CLOSE, err_msg=f"{name} {settings}")
