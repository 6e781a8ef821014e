"""Module 02's export: what its curves give, how far they can be trusted, and that they agree with PyTorch's."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tinytorch
from tinytorch.core.activations import GELU, ReLU, Sigmoid, Softmax, Tanh
from tinytorch.core.tensor import Tensor

ACTIVATIONS = {
    "relu": ReLU(),
    "sigmoid": Sigmoid(),
    "tanh": Tanh(),
    "gelu": GELU(),
    "gelu_tanh": GELU("tanh"),
    "softmax": Softmax(),
    "softmax_first": Softmax(dim=0),
}
each_activation = pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS.keys())
arrays = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4), elements=st.floats(-1e3, 1e3)
)


@pytest.mark.parametrize("name", ["ReLU", "Sigmoid", "Tanh", "GELU", "Softmax"])
def test_the_package_gives_the_same_class_as_its_module(name):
    assert getattr(tinytorch, name) is globals()[name]


@each_activation
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_floats_keep_their_dtype(activation, dtype):
    assert activation(Tensor(np.ones((2, 3)), dtype=dtype)).dtype == dtype


@each_activation
@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "int64"])
def test_integers_and_bools_give_what_their_float32_gives(activation, dtype):
    whole = np.array([[0, 1, 1], [1, 0, 1]], dtype)
    got = activation(Tensor(whole))
    assert got.dtype == np.float32
    np.testing.assert_array_equal(got.data, activation(Tensor(whole.astype(np.float32))).data)


@each_activation
@given(array=arrays)
def test_shapes_stay_inputs_are_left_alone_and_nothing_is_shared(activation, array):
    before = array.copy()
    got = activation(Tensor(array, dtype=np.float64))
    assert got.shape == array.shape
    np.testing.assert_array_equal(array, before)
    assert not np.shares_memory(got.data, array)


@each_activation
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [50.0, 1e3, 1e5])
def test_large_numbers_make_numpy_warn_of_nothing_and_give_finite_results(activation, dtype, size):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = activation(Tensor([[-size, 0.0, size], [size, size, -size]], dtype=dtype))
    assert np.isfinite(got.data).all()


@each_activation
def test_a_batch_without_samples_gives_none(activation):
    if activation is not ACTIVATIONS["softmax_first"]:  # it has nothing to be a share of
        assert activation(Tensor(np.zeros((0, 4)))).shape == (0, 4)


@each_activation
def test_a_call_leaves_nothing_behind(activation):
    before = dict(vars(activation))
    activation(Tensor(np.ones((2, 2))))
    assert vars(activation) == before


@given(array=arrays)
def test_sigmoid_is_symmetric_and_tanh_is_a_stretched_sigmoid(array):
    def give(activation, values):
        return activation(Tensor(values, dtype=np.float64)).data

    np.testing.assert_allclose(give(Sigmoid(), array) + give(Sigmoid(), -array), 1, rtol=1e-12)
    np.testing.assert_allclose(give(Tanh(), array), 2 * give(Sigmoid(), 2 * array) - 1, atol=1e-12)


def test_sigmoid_is_precise_in_its_tail():
    got = Sigmoid()(Tensor([-30.0, -700.0], dtype=np.float64)).data
    np.testing.assert_allclose(got, [math.exp(-30) / (1 + math.exp(-30)), math.exp(-700)], rtol=1e-12)


@given(st.floats(-8, 8))
def test_gelu_is_x_times_the_normal_distribution_and_the_formula_is_near(x):
    exact = GELU()(Tensor(x, dtype=np.float64)).item()
    assert math.isclose(exact, x * 0.5 * math.erfc(-x / math.sqrt(2)), abs_tol=1e-12)
    assert abs(GELU("tanh")(Tensor(x, dtype=np.float64)).item() - exact) < 5e-4


@pytest.mark.parametrize("approximate", ["fast", "", None, True])
def test_gelu_refuses_an_approximation_that_there_is_not(approximate):
    with pytest.raises(ValueError, match="none"):
        GELU(approximate)


@given(array=arrays, data=st.data())
def test_softmax_gives_shares_along_its_axis_and_does_not_feel_a_shift(array, data):
    dim = data.draw(st.integers(-array.ndim, array.ndim - 1))
    shares = Softmax(dim)(Tensor(array, dtype=np.float64)).data
    assert (shares >= 0).all()
    np.testing.assert_allclose(shares.sum(axis=dim), 1, rtol=1e-12)
    np.testing.assert_allclose(Softmax(dim)(Tensor(array + 100, dtype=np.float64)).data, shares, atol=1e-10)


def test_softmax_gives_minus_infinity_no_share():
    assert Softmax()(Tensor([-np.inf, 1.0, 1.0])).data.tolist() == [0, 0.5, 0.5]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_they_agree_with_pytorch(dtype):
    torch = pytest.importorskip("torch")
    nn = torch.nn
    theirs = {"relu": nn.ReLU(), "sigmoid": nn.Sigmoid(), "tanh": nn.Tanh(), "gelu": nn.GELU()}
    theirs |= {"gelu_tanh": nn.GELU(approximate="tanh"), "softmax": nn.Softmax(-1), "softmax_first": nn.Softmax(0)}
    array = np.random.default_rng(0).normal(scale=5, size=(7, 5)).astype(dtype)
    for name, activation in ACTIVATIONS.items():
        want = theirs[name](torch.from_numpy(array)).numpy()
        got = activation(Tensor(array, dtype=dtype)).data
        np.testing.assert_allclose(got, want, rtol=2e-5 if dtype == "float32" else 1e-10, atol=1e-6, err_msg=name)
