"""Module 04's export: what the losses cost, what they refuse, and that they agree with PyTorch's."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tinytorch
from tinytorch.core.losses import BinaryCrossEntropyLoss, CrossEntropyLoss, MSELoss
from tinytorch.core.tensor import Tensor
from tinytorch.profiling import peak_bytes

logit_tables = hnp.arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 5)), elements=st.floats(-1e3, 1e3))
probabilities = hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(0, 1))


@pytest.fixture(autouse=True)
def _every_warning_is_an_error():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("name", ["MSELoss", "CrossEntropyLoss", "BinaryCrossEntropyLoss"])
def test_the_package_gives_the_same_class_as_its_module(name):
    assert getattr(tinytorch, name) is globals()[name]


def wide(array):
    return Tensor(array, dtype=np.float64)


# What they cost


@given(hnp.arrays(np.float64, (2, 3), elements=st.floats(-1e3, 1e3)))
def test_mean_squared_error_is_the_mean_of_the_squares(array):
    got = MSELoss()(wide(array), wide(array[::-1]))
    assert got.shape == ()
    assert got.item() == pytest.approx(((array - array[::-1]) ** 2).mean())


@given(logit_tables, st.data())
def test_cross_entropy_is_the_mean_surprise_for_any_logits(logits, data):
    labels = data.draw(hnp.arrays(np.int64, len(logits), elements=st.integers(0, logits.shape[1] - 1)))
    rows = []
    for row, label in zip(logits, labels, strict=True):
        top = max(row)
        rows.append(top + math.log(math.fsum(math.exp(x - top) for x in row)) - row[label])
    got = CrossEntropyLoss()(wide(logits), Tensor(labels))
    assert got.shape == ()
    assert got.item() == pytest.approx(math.fsum(rows) / len(rows), rel=1e-10, abs=1e-10)


@given(probabilities)
def test_binary_cross_entropy_is_finite_and_least_where_the_target_is(p):
    loss = BinaryCrossEntropyLoss()
    here = loss(wide(p), wide(p)).item()
    assert 0 <= here <= math.log(2) + 1e-12
    assert loss(wide(p), wide((p > 0.5) * 1.0)).item() >= 0
    assert here <= loss(wide(np.full_like(p, 0.5)), wide(p)).item() + 1e-12


@pytest.mark.parametrize(("p", "t", "cost"), [(0, 1, 100), (1, 0, 100), (0, 0, 0), (1, 1, 0), (0, 0.25, 25)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_binary_cross_entropy_stops_at_100(p, t, cost, dtype):
    assert BinaryCrossEntropyLoss()(Tensor([p], dtype=dtype), Tensor([t])).item() == pytest.approx(cost)


def test_a_network_that_knows_nothing_costs_the_logarithm_of_its_classes():
    got = CrossEntropyLoss()(Tensor(np.zeros((8, 10))), Tensor(np.arange(8)))
    assert got.item() == pytest.approx(math.log(10))


def test_two_logits_and_one_probability_say_the_same():
    z = np.linspace(-5, 5, 11)
    labels = Tensor(np.arange(11) % 2)
    two = CrossEntropyLoss()(wide(np.stack([0 * z, z], axis=1)), labels)
    one = BinaryCrossEntropyLoss()(wide(1 / (1 + np.exp(-z))), labels)
    assert two.item() == pytest.approx(one.item(), rel=1e-12)


# Kinds


@pytest.mark.parametrize(
    ("given_dtype", "want"), [("float16", "float32"), ("float32", "float32"), ("float64", "float64")]
)
@pytest.mark.parametrize("target_dtype", ["float64", "int64", "uint8"])
def test_the_predictions_decide_the_dtype(given_dtype, want, target_dtype):
    predictions, targets = Tensor([0.25, 0.5], dtype=given_dtype), Tensor([1, 0], dtype=target_dtype)
    assert MSELoss()(predictions, targets).dtype == want
    assert BinaryCrossEntropyLoss()(predictions, targets).dtype == want
    if target_dtype != "float64":
        assert CrossEntropyLoss()(predictions.reshape(1, 2), targets[:1]).dtype == want


def test_bytes_do_not_wrap_around():
    assert MSELoss()(Tensor(np.array([3], np.uint8)), Tensor(np.array([5], np.uint8))).item() == 4


def test_inputs_are_left_alone():
    for loss, predictions, targets in [
        (MSELoss(), Tensor([1.0, 2.0]), Tensor([3.0, 5.0])),
        (CrossEntropyLoss(), Tensor([[1.0, 2.0], [4.0, 3.0]]), Tensor([1, 0])),
        (BinaryCrossEntropyLoss(), Tensor([0.0, 1.0]), Tensor([1, 0])),
    ]:
        before = predictions.data.copy(), targets.data.copy()
        loss(predictions, targets)
        assert np.array_equal(predictions.data, before[0])
        assert np.array_equal(targets.data, before[1])


# What they refuse


@pytest.mark.parametrize("loss", [MSELoss(), BinaryCrossEntropyLoss()], ids=["mse", "binary"])
@pytest.mark.parametrize(("one", "other"), [((5, 1), (5,)), ((4, 3), (3,)), ((7,), ())])
def test_nothing_is_broadcast(loss, one, other):
    with pytest.raises(ValueError, match="same shape") as raised:
        loss(Tensor(np.full(one, 0.5)), Tensor(np.ones(other)))
    assert str(one) in str(raised.value)
    assert str(other) in str(raised.value)


@pytest.mark.parametrize(("logits", "labels"), [((3,), (3,)), ((5, 3), (5, 1)), ((5, 3), (4,)), ((2, 5, 3), (2, 5))])
def test_cross_entropy_wants_a_row_of_logits_and_a_label_for_each_sample(logits, labels):
    with pytest.raises(ValueError, match="logits") as raised:
        CrossEntropyLoss()(Tensor(np.zeros(logits)), Tensor(np.zeros(labels, int)))
    assert str(logits) in str(raised.value)
    assert str(labels) in str(raised.value)


@pytest.mark.parametrize("dtype", ["float32", "float64", "bool"])
def test_cross_entropy_wants_integers_for_labels(dtype):
    with pytest.raises(TypeError, match=dtype):
        CrossEntropyLoss()(Tensor(np.zeros((2, 3))), Tensor(np.zeros(2), dtype=dtype))


@pytest.mark.parametrize("label", [-1, 3, 100])
def test_cross_entropy_names_a_label_that_no_class_has(label):
    with pytest.raises(IndexError, match=rf"label {label} .* 3 classes"):
        CrossEntropyLoss()(Tensor(np.zeros((2, 3))), Tensor([0, label]))


@pytest.mark.parametrize("wrong", [-1e-6, 1.001, float("nan"), float("inf")])
def test_binary_cross_entropy_wants_probabilities(wrong):
    with pytest.raises(ValueError, match="between 0 and 1"):
        BinaryCrossEntropyLoss()(Tensor([0.5, wrong]), Tensor([1.0, 0.0]))


def test_cross_entropy_makes_two_tables_of_temporary_numbers_and_no_one_hot_matrix():
    logits, labels = Tensor(np.zeros((500, 1000), np.float32)), Tensor(np.arange(500))
    assert peak_bytes(lambda: CrossEntropyLoss()(logits, labels)) < 2.2 * logits.data.nbytes


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_they_agree_with_pytorch(dtype):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(scale=20, size=(9, 4)).astype(dtype), rng.integers(0, 4, size=9)
    p, t = rng.uniform(size=(5, 3)).astype(dtype), rng.integers(0, 2, size=(5, 3)).astype(dtype)
    p[0] = [0, 1, 0.5]
    for ours, theirs, one, other in [
        (CrossEntropyLoss(), torch.nn.CrossEntropyLoss(), logits, labels),
        (BinaryCrossEntropyLoss(), torch.nn.BCELoss(), p, t),
        (MSELoss(), torch.nn.MSELoss(), p, t),
    ]:
        want = theirs(torch.from_numpy(one), torch.from_numpy(other)).item()
        got = ours(Tensor(one, dtype=dtype), Tensor(other, dtype=other.dtype))
        assert got.item() == pytest.approx(want, rel=2e-5 if dtype == "float32" else 1e-10)
        assert got.dtype == dtype
