"""What code for PyTorch expects, held against PyTorch where it is installed: which methods are here, and which not."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import tinytorch
from tinytorch import Tensor
from tinytorch.core.autograd import _gradient_error

# PyTorch's most used Tensor methods and attributes. A call, of `t`, a Tensor of three axes, is here and gives the same;
# a reason says what to write instead, or why there is nothing.
TENSOR_METHODS: dict[str, Any] = {
    # what it is
    "shape": lambda t: t.shape,
    "ndim": lambda t: t.ndim,
    "dim": lambda t: t.dim(),
    "numel": lambda t: t.numel(),
    "item": lambda t: t[0, 1, 2].item(),
    "tolist": lambda t: t.tolist(),
    "size": "`t.shape`; `t.size` is the number of elements, as in NumPy",
    "dtype": "NumPy's dtypes",
    "stride": "`t.data.strides`, in bytes",
    "device": "there is one device",
    "to": "there is one device; for another dtype `Tensor(t, dtype=...)`",
    "cpu": "there is one device",
    "cuda": "there is one device",
    "type": "`Tensor(t, dtype=...)`",
    "float": "`Tensor(t, dtype=np.float32)`; the mean of bools is float32 without it",
    "long": "`Tensor(t, dtype=np.int64)`",
    # another shape
    "reshape": lambda t: t.reshape(4, -1),
    "view": lambda t: t.view(6, 4),
    "flatten": lambda t: t.flatten(1),
    "unsqueeze": lambda t: t.unsqueeze(1),
    "squeeze": lambda t: t.unsqueeze(-1).squeeze(),
    "transpose": lambda t: t.transpose(0, 2),
    "permute": lambda t: t.permute(2, 0, -2),
    "T": lambda t: t[0].T,
    "mT": lambda t: t.mT,
    "contiguous": lambda t: t.transpose(0, 2).contiguous(),
    "t": "`t.T`",
    "expand": "operators broadcast by themselves",
    "repeat": "`np.tile`, on arrays",
    "split": "slices: `t[:2]`, `t[2:]`",
    "chunk": "slices",
    "gather": "an index of two lists: `t[np.arange(len(t)), labels]`",
    # calculating
    "matmul": lambda t: t.matmul(t.mT),
    "sum": lambda t: t.sum(1),
    "mean": lambda t: t.mean(0),
    "max": lambda t: t.max(),
    "min": lambda t: t.min(),
    "argmax": lambda t: t.argmax(2),
    "all": lambda t: (t > -5).all(),
    "any": lambda t: (t > 1).any(1),
    "exp": lambda t: t.exp(),
    "log": lambda t: (t * t + 1).log(),
    "sqrt": lambda t: (t * t + 1).sqrt(),
    "abs": lambda t: t.abs(),
    "clamp": lambda t: t.clamp(-0.5, 0.5),
    "masked_fill": lambda t: t.masked_fill(t > 0, float("-inf")),
    "add": "`a + b`",
    "mul": "`a * b`",
    "div": "`a / b`",
    "pow": "`a ** b`",
    "eq": "`a == b`",
    "softmax": "`Softmax(dim)(t)` of module 02",
    "sigmoid": "`Sigmoid()(t)` of module 02",
    "relu": "`ReLU()(t)` of module 02",
    "norm": "`(t * t).sum().sqrt()`",
    "std": "no module needs it",
    "cumsum": "no module needs it",
    "topk": "no module needs it",
    # memory and gradients
    "clone": lambda t: t.clone(),
    "detach": lambda t: t.detach(),
    "numpy": lambda t: t.numpy(),
    "grad": lambda t: t.grad is None,
    "grad_fn": lambda t: t.grad_fn is None,
    "requires_grad": lambda t: t.requires_grad,
    "data": lambda t: t.data,
    "backward": "here since module 06, tested in test_autograd.py; a gradient is a Tensor",
    "requires_grad_": "`t.requires_grad = True`",
    "add_": "nothing changes in place, so that no graph reads changed numbers: module 06 says why",
    "copy_": "nothing changes in place",
    "zero_": "nothing changes in place",
}
HERE = {name: call for name, call in TENSOR_METHODS.items() if callable(call)}
NOT_HERE = {name: reason for name, reason in TENSOR_METHODS.items() if not callable(reason)}
OTHERWISE = {"size", "dtype", "backward"}  # here, but something else than in PyTorch, or tested elsewhere


def numbers() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32)


@pytest.mark.parametrize("name", HERE)
def test_a_method_that_is_here_gives_what_pytorch_gives(name):
    torch = pytest.importorskip("torch")
    got, want = HERE[name](Tensor(numbers())), HERE[name](torch.from_numpy(numbers()))
    assert np.shape(got) == np.shape(want)
    np.testing.assert_allclose(np.asarray(got), np.asarray(want), rtol=1e-5, atol=1e-6)
    assert name in dir(Tensor([1.0]))


def test_a_method_that_is_not_here_is_pytorchs_and_says_what_to_write_instead():
    torch = pytest.importorskip("torch")
    for name, reason in NOT_HERE.items():
        assert hasattr(torch.tensor([1.0]), name), name
        assert (name in dir(Tensor([1.0]))) is (name in OTHERWISE), name
        assert isinstance(reason, str)
        assert reason, name


# what the names that come ready do at their edges

SHAPES = list(
    itertools.product(
        [(), (1,), (0, 3), (1, 2, 1), (2, 3, 4), (2, 0, 4)], ["flatten", "squeeze", "T", "contiguous", "clone"]
    )
)


@pytest.mark.parametrize(("shape", "name"), SHAPES)
@pytest.mark.filterwarnings("ignore:Tensor.T is deprecated", "ignore:The use of `x.T`")
def test_other_shapes_are_pytorchs_for_any_number_of_axes(shape, name):
    torch = pytest.importorskip("torch")
    got, want = getattr(Tensor(np.ones(shape)), name), getattr(torch.ones(shape), name)
    got, want = (got, want) if name == "T" else (got(), want())
    assert got.shape == tuple(want.shape)


@pytest.mark.parametrize(
    "call",
    [
        lambda t: t.flatten(0, 1),
        lambda t: t.flatten(-2),
        lambda t: t[:0].flatten(1),
        lambda t: t.unsqueeze(0),
        lambda t: t.unsqueeze(-1),
        lambda t: t[:1].squeeze(0),
        lambda t: t.squeeze(0),
        lambda t: t[:, :1].squeeze(-2),
        lambda t: t.permute((1, 2, 0)),
        lambda t: t.sum(1).argmax(0),
        lambda t: (t * 0).argmax(1),
        lambda t: t.clamp(min=0),
        lambda t: t.clamp(max=0),
        lambda t: t.masked_fill(t[0] > 0, 7),
        lambda t: t.matmul(t[0, 0]),
    ],
)
def test_their_arguments_are_pytorchs(call):
    torch = pytest.importorskip("torch")
    got, want = call(Tensor(numbers())), call(torch.from_numpy(numbers()))
    assert got.shape == tuple(want.shape)
    np.testing.assert_allclose(got.data, want.numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "call",
    [
        lambda t: t.flatten(2, 1),
        lambda t: t.flatten(3),
        lambda t: t.unsqueeze(5),
        lambda t: t.squeeze(3),
        lambda t: t.permute(0, 1),
        lambda t: t.permute(0, 0, 1),
        lambda t: t.view(5, 5),
        lambda t: t.matmul(t),
        lambda t: t.masked_fill(t, 1.0),
    ],
)
def test_what_pytorch_refuses_is_refused(call):
    with pytest.raises((ValueError, IndexError, TypeError)):
        call(Tensor(numbers()))
    torch = pytest.importorskip("torch")
    with pytest.raises((RuntimeError, IndexError)):
        call(torch.from_numpy(numbers()))


@pytest.mark.parametrize("name", ["view", "flatten", "unsqueeze", "squeeze", "permute", "T", "mT", "detach", "numpy"])
def test_views_share_memory(name):
    t = Tensor(numbers())
    arguments = {"view": (24,), "unsqueeze": (0,), "permute": (2, 1, 0)}.get(name, ())
    got = getattr(t, name)
    assert np.shares_memory(np.asarray(got(*arguments) if callable(got) else got), t.data)


def test_contiguous_copies_only_what_lies_in_another_order():
    t = Tensor(numbers())
    assert t.contiguous() is t
    turned = t.permute(2, 1, 0)
    assert not turned.data.flags.c_contiguous
    assert turned.contiguous().data.flags.c_contiguous
    assert not np.shares_memory(t.clone().data, t.data)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float16", "float32", "float64"])
def test_the_dtype_stays(dtype):
    t = Tensor(np.ones((2, 3), dtype), dtype=dtype)
    for same in [
        t.view(3, 2),
        t.flatten(),
        t.permute(1, 0),
        t.clone(),
        t.detach(),
        t.T,
        t.min(),
        t.masked_fill(t > 0, 0),
    ]:
        assert same.dtype == dtype


def test_integers_have_an_exponential_of_float32_as_in_pytorch():
    t = Tensor([1, 4])
    assert [t.exp().dtype, t.log().dtype, t.sqrt().dtype] == [np.float32] * 3


GRADIENTS = {
    "view": lambda t: t.view(6, 4),
    "flatten": lambda t: t.flatten(1),
    "unsqueeze": lambda t: t.unsqueeze(1),
    "squeeze": lambda t: t[:1].squeeze(),
    "permute": lambda t: t.permute(1, 2, 0) * t.permute((-2, -1, 0)),
    "T": lambda t: t.T,
    "mT": lambda t: t.mT,
    "contiguous": lambda t: t.permute(2, 0, 1).contiguous() + t.contiguous().permute(2, 0, 1),
    "clone": lambda t: t.clone() * 3.0,
    "matmul": lambda t: t.matmul(t.mT),
    "exp": lambda t: t.exp(),
    "log": lambda t: (t * t + 1).log(),
    "sqrt": lambda t: (t * t + 1).sqrt(),
    "abs": lambda t: t.abs(),
    "clamp": lambda t: t.clamp(-0.5, 0.5) + t.clamp(min=0.3) * t.clamp(max=0.2),
    "min": lambda t: t.min(1) * t.min(),
    "masked_fill": lambda t: t.masked_fill(np.arange(4) > 1, 3.0) * t,
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients_go_through_them(name):
    assert _gradient_error(GRADIENTS[name], numbers().astype(np.float64)) < 1e-6


@pytest.mark.parametrize("name", GRADIENTS)
def test_these_gradients_are_pytorchs(name):
    torch = pytest.importorskip("torch")
    ours = Tensor(numbers().astype(np.float64), requires_grad=True, dtype=np.float64)
    theirs = torch.tensor(numbers().astype(np.float64), requires_grad=True)
    (GRADIENTS[name](ours) ** 2).sum().backward()
    (_for_torch(torch, name)(theirs) ** 2).sum().backward()
    np.testing.assert_allclose(ours.grad.data, theirs.grad.numpy(), rtol=1e-9, atol=1e-12)


def _for_torch(torch, name):
    """Return the same call, with a mask that PyTorch takes, and its own name for the minima alone."""
    return {
        "masked_fill": lambda t: t.masked_fill(torch.arange(4) > 1, 3.0) * t,
        "min": lambda t: t.amin(1) * t.min(),
    }.get(name, GRADIENTS[name])


def test_detach_ends_the_graph_and_argmax_begins_none():
    t = Tensor(numbers(), requires_grad=True)
    assert not (t * 2).detach().requires_grad
    assert not (t * 2).argmax(1).requires_grad
    assert not (t > 0).any().requires_grad


# what goes in


class MaskedElsewhere(np.ndarray):
    """As astropy's masked arrays: a subclass with a mask that is not NumPy's own."""

    mask = False


MASKED = np.ma.array([1.0, -999.0], mask=[False, True])


@pytest.mark.parametrize(
    "data", [MASKED, [MASKED, MASKED], [[1.0, np.ma.masked]], (MASKED,), np.ones(2).view(MaskedElsewhere)]
)
def test_a_masked_array_is_told_to_be_filled_first(data):
    with pytest.raises(TypeError, match=r"filled\(value\)"):
        Tensor(data)
    with pytest.raises(TypeError, match=r"filled\(value\)"):
        Tensor(data, dtype=np.float64)


@pytest.mark.parametrize(
    "call", [lambda t: t + MASKED, lambda t: MASKED * t, lambda t: t == MASKED, lambda t: t - [MASKED, MASKED]]
)
def test_a_masked_array_beside_an_operator_is_refused_too(call):
    with pytest.raises(TypeError, match=r"filled\(value\)"):
        call(Tensor([1.0, 2.0]))


def test_a_filled_one_is_taken():
    assert Tensor(MASKED.filled(0)).tolist() == [1.0, 0.0]


@pytest.mark.parametrize("data", [[2**63, 1], [2**63], 2**64, [[1], [-(2**63) - 1]]])
def test_integers_that_int64_cannot_hold_are_refused_as_in_pytorch(data):
    with pytest.raises(OverflowError, match="int64"):
        Tensor(data)
    torch = pytest.importorskip("torch")
    with pytest.raises((ValueError, RuntimeError), match=r"[Oo]verflow"):
        torch.tensor(data)


def test_the_largest_integers_are_taken_and_larger_ones_with_a_dtype():
    assert Tensor([2**63 - 1, -(2**63)]).tolist() == [2**63 - 1, -(2**63)]
    assert Tensor([2**63, 1], dtype=np.uint64).tolist() == [2**63, 1]
    assert Tensor([2**63, 1], dtype=np.float32).dtype == np.float32
    assert Tensor(np.array([2**63], np.uint64)).dtype == np.uint64


# how layers are called

CALLED = {
    "ReLU": "ReLU",
    "Sigmoid": "Sigmoid",
    "Tanh": "Tanh",
    "GELU": "GELU",
    "Softmax": "Softmax",
    "Flatten": "Flatten",
    "MSELoss": "MSELoss",
    "CrossEntropyLoss": "CrossEntropyLoss",
    "BinaryCrossEntropyLoss": "BCELoss",
}


def _inputs(name: str) -> list[np.ndarray]:
    shares = np.array([[0.2, 0.8], [0.7, 0.3]], np.float32)
    others = {
        "MSELoss": shares[::-1].copy(),
        "CrossEntropyLoss": np.array([1, 0]),
        "BinaryCrossEntropyLoss": shares[::-1].copy(),
    }
    return [shares, others[name]] if name in others else [shares]


@pytest.mark.parametrize("name", CALLED)
def test_forward_is_the_call(name):
    torch = pytest.importorskip("torch")
    options = {"dim": -1} if name == "Softmax" else {}
    ours, theirs = getattr(tinytorch, name)(**options), getattr(torch.nn, CALLED[name])(**options)
    tensors = [Tensor(array) for array in _inputs(name)]
    got, want = ours.forward(*tensors), theirs.forward(*map(torch.from_numpy, _inputs(name)))
    np.testing.assert_allclose(got.data, want.numpy(), rtol=1e-5)
    assert got.tolist() == ours(*tensors).tolist()


def test_forward_is_recorded_for_gradients():
    x = Tensor([[0.2, 0.8]], requires_grad=True)
    tinytorch.MSELoss().forward(tinytorch.Sigmoid().forward(x), Tensor([[1.0, 0.0]])).backward()
    assert np.abs(x.grad.data).min() > 0


@pytest.mark.parametrize("part", [[], [1], None, 3, "ReLU", Tensor([1.0]), (tinytorch.ReLU(),)])
def test_sequential_takes_parts_and_refuses_a_list_of_them(part):
    with pytest.raises(TypeError, match=f"one by one, not a {type(part).__name__}"):
        tinytorch.Sequential(part)
    torch = pytest.importorskip("torch")
    if part is not None:  # PyTorch takes None
        with pytest.raises(TypeError):
            torch.nn.Sequential(part)


def test_the_targets_of_binary_cross_entropy_get_their_gradient():
    torch = pytest.importorskip("torch")
    p, t = np.array([0.2, 0.9, 0.5]), np.array([1.0, 0.3, 0.0])
    guess, truth = (Tensor(each, requires_grad=True, dtype=np.float64) for each in (p, t))
    tinytorch.BinaryCrossEntropyLoss()(guess, truth).backward()
    theirs = [torch.tensor(each, requires_grad=True) for each in (p, t)]
    torch.nn.BCELoss()(*theirs).backward()
    for got, want in zip([guess, truth], theirs, strict=True):
        np.testing.assert_allclose(got.grad.data, want.grad.numpy(), rtol=1e-9)


@pytest.mark.parametrize("axis", [None, 1])
@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:invalid value")
def test_the_mean_of_an_empty_axis_has_an_empty_gradient(axis):
    torch = pytest.importorskip("torch")
    ours, theirs = Tensor(np.zeros((3, 0)), requires_grad=True), torch.zeros(3, 0, requires_grad=True)
    ours.mean(axis).sum().backward()
    theirs.mean(axis).sum().backward()
    assert ours.grad.shape == tuple(theirs.grad.shape) == (3, 0)


@pytest.mark.parametrize("other", [np.ones((1, 1, 2, 2)), np.ma.ones((1, 1, 2, 2)), [1.0], 1.0, None])
@pytest.mark.parametrize("name", ["ReLU", "Sigmoid", "Tanh", "GELU", "Softmax", "MaxPool2d", "AvgPool2d", "Conv2d"])
def test_what_is_no_tensor_is_refused_by_name(name, other):
    sizes = {"MaxPool2d": (2,), "AvgPool2d": (2,), "Conv2d": (1, 1, 1)}.get(name, ())
    with pytest.raises(TypeError, match=f"a Tensor, not {type(other).__name__}"):
        getattr(tinytorch, name)(*sizes)(other)


@pytest.mark.parametrize(
    "other", [np.array([[0.2, 0.8]]), np.ma.array([[0.2, -999.0]], mask=[[0, 1]]), [[0.2, 0.8]], 1.0]
)
@pytest.mark.parametrize("name", ["MSELoss", "CrossEntropyLoss", "BinaryCrossEntropyLoss"])
def test_a_loss_refuses_what_is_no_tensor_on_either_side(name, other):
    for values in [(other, Tensor([[0.2, 0.8]])), (Tensor([[0.2, 0.8]], requires_grad=True), other)]:
        with pytest.raises(TypeError, match=f"two Tensors, not {type(other).__name__}"):
            getattr(tinytorch, name)()(*values)


def test_sequential_refuses_a_class_in_the_place_of_its_object():
    with pytest.raises(TypeError, match=r"write ReLU\(\.\.\.\)"):
        tinytorch.Sequential(tinytorch.Linear(2, 2), tinytorch.ReLU)
    torch = pytest.importorskip("torch")
    with pytest.raises(TypeError):
        torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU)


@pytest.mark.parametrize(
    "call",
    [
        lambda t: t[MASKED > 0],
        lambda t: t[np.ma.array([0, 1], mask=[0, 1])],
        lambda t: t.masked_fill(np.array([True, False]), np.ma.masked),
        lambda t: t.masked_fill(MASKED > 0, 0),
    ],
)
def test_a_masked_array_as_index_mask_or_value_is_refused_too(call):
    with pytest.raises(TypeError, match=r"filled\(value\)"):
        call(Tensor([1.0, 2.0]))


@pytest.mark.parametrize("call", [lambda t: t.flatten(3), lambda t: t.flatten(0, -4), lambda t: t.squeeze(3)])
def test_an_axis_that_is_not_there_is_named(call):
    with pytest.raises(IndexError, match=r"no axis -?\d where there are 3"):
        call(Tensor(numbers()))


def test_a_single_number_has_no_axes_to_permute():
    assert Tensor(1.0).permute().shape == Tensor(1.0).permute(()).shape == Tensor(1.0).T.shape == ()
