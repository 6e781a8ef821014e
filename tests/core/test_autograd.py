"""Module 06's export: held against central differences, against PyTorch where it is installed, and on its promises."""

import copy
import gc
import operator
import os
import pickle
import subprocess
import sys
import weakref
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tinytorch
from tinytorch.core.activations import GELU, ReLU, Sigmoid, Softmax, Tanh
from tinytorch.core.autograd import _differentiable, _gradient_error, _gradients, _recorded, no_grad
from tinytorch.core.layers import Dropout, Linear, Sequential
from tinytorch.core.losses import BinaryCrossEntropyLoss, CrossEntropyLoss, MSELoss
from tinytorch.core.tensor import Tensor

RELATIVE, FLOOR, STEP = 1e-6, 1e-8, 1e-5


def central_differences(function, arrays, weights):
    """The gradients of (function(*arrays) * weights).sum(), one element nudged at a time."""
    arrays = [array.copy() for array in arrays]
    gradients = [np.zeros_like(array) for array in arrays]
    for array, gradient in zip(arrays, gradients, strict=True):
        for place in np.ndindex(array.shape):
            middle, outputs = array[place], []
            for nudged in (middle + STEP, middle - STEP):
                array[place] = nudged
                outputs.append(function(*(Tensor(each.copy(), dtype=np.float64) for each in arrays)).data)
            array[place] = middle
            gradient[place] = ((outputs[0] - outputs[1]) * weights).sum() / (2 * STEP)
    return gradients


def check(function, *arrays):
    """Compare backward() with central differences in float64, started from weights that are all different."""
    arrays = [np.asarray(array, np.float64) for array in arrays]
    leaves = [Tensor(array.copy(), requires_grad=True, dtype=np.float64) for array in arrays]
    result = function(*leaves)
    assert result.dtype == np.float64
    weights = np.random.default_rng(len(arrays)).uniform(0.5, 1.5, result.shape)
    result.backward(weights)
    for leaf, want in zip(leaves, central_differences(function, arrays, weights), strict=True):
        assert leaf.grad.shape == leaf.shape
        assert leaf.grad.dtype == np.float64
        assert (np.abs(leaf.grad.data - want) <= np.maximum(RELATIVE * np.abs(want), FLOOR)).all()


smooth = st.floats(-2, 2)
away_from_zero = st.floats(0.3, 2).flatmap(lambda x: st.sampled_from([x, -x]))
positive = st.floats(0.3, 2)


@st.composite
def broadcast_pairs(draw, left, right):
    shapes = draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3)).input_shapes
    return [
        draw(hnp.arrays(np.float64, shape, elements=each)) for shape, each in zip(shapes, (left, right), strict=True)
    ]


def some_arrays(elements=smooth, **shapes):
    shapes = {"min_dims": 0, "max_dims": 3, "max_side": 3, **shapes}
    return hnp.arrays(np.float64, hnp.array_shapes(**shapes), elements=elements)


@st.composite
def axes_of(draw, arrays):
    """An array, and an axis, axes or None to reduce it along."""
    array = draw(arrays)
    one = st.integers(-array.ndim, array.ndim - 1)
    many = hnp.valid_tuple_axes(array.ndim, min_size=1) if array.ndim else st.none()
    return array, draw(st.one_of(st.none(), one, many) if array.ndim else st.none()), draw(st.booleans())


# Against central differences


@settings(deadline=None)
@given(broadcast_pairs(smooth, smooth), st.sampled_from([operator.add, operator.sub, operator.mul]))
def test_sums_and_products_agree_with_central_differences_however_they_broadcast(pair, function):
    check(function, *pair)


@settings(deadline=None)
@given(broadcast_pairs(smooth, away_from_zero))
def test_quotients_agree_with_central_differences(pair):
    check(operator.truediv, *pair)


@settings(deadline=None)
@given(broadcast_pairs(positive, smooth))
def test_powers_agree_with_central_differences(pair):
    check(operator.pow, *pair)


@settings(deadline=None)
@given(some_arrays(away_from_zero), st.sampled_from([-2, -1, 0, 1, 2, 3, 4]))
def test_whole_powers_of_negative_numbers_agree_with_central_differences(array, exponent):
    check(lambda t: t**exponent, array)


@settings(deadline=None)
@given(some_arrays(away_from_zero))
def test_negation_and_numbers_on_the_left_agree_with_central_differences(array):
    check(operator.neg, array)
    check(lambda t: 2.0 + t, array)
    check(lambda t: 2.0 - t, array)
    check(lambda t: np.float64(2.0) * t, array)
    check(lambda t: 2.0 / t, array)
    check(lambda t: 2.0**t, array)
    check(lambda t: np.ones((2, *array.shape)) - t, array)


@settings(deadline=None)
@given(st.data())
def test_matrix_products_agree_with_central_differences_with_batches_and_vectors(data):
    shapes = data.draw(
        hnp.mutually_broadcastable_shapes(signature="(n?,k),(k,m?)->(n?,m?)", max_dims=2, max_side=3)
    ).input_shapes
    check(operator.matmul, *(data.draw(hnp.arrays(np.float64, shape, elements=smooth)) for shape in shapes))


def test_an_array_times_a_tensor_agrees_with_central_differences():
    rows = np.random.default_rng(0).normal(size=(2, 3))
    check(lambda t: rows @ t, rows.T)


@settings(deadline=None)
@given(axes_of(some_arrays()))
def test_sum_and_mean_agree_with_central_differences_along_any_axes(case):
    array, axis, keepdims = case
    check(lambda t: t.sum(axis=axis, keepdims=keepdims), array)
    check(lambda t: t.mean(axis, keepdims), array)


@settings(deadline=None)
@given(axes_of(some_arrays()), st.integers(0, 1000))
def test_max_agrees_with_central_differences_where_the_largest_is_alone(case, seed):
    array, axis, keepdims = case
    different = np.random.default_rng(seed).permutation(array.size).reshape(array.shape)
    check(lambda t: t.max(axis=axis, keepdims=keepdims), different)


@settings(deadline=None)
@given(some_arrays(min_dims=1), st.data())
def test_any_index_agrees_with_central_differences(array, data):
    index = data.draw(
        st.one_of(
            hnp.basic_indices(array.shape, allow_newaxis=True),
            hnp.integer_array_indices(array.shape),
            hnp.arrays(np.bool_, array.shape),
        )
    )
    check(lambda t: t[index], array)


@settings(deadline=None)
@given(some_arrays(min_dims=2), st.data())
def test_reshape_transpose_and_rows_agree_with_central_differences(array, data):
    axes = data.draw(st.tuples(*[st.integers(-array.ndim, array.ndim - 1)] * 2))
    check(lambda t: t.transpose(*axes), array)
    check(lambda t: t.transpose(), array)
    check(lambda t: t.reshape(-1), array)
    check(lambda t: t.reshape((array.shape[0], -1)), array)
    check(lambda t: sum((row * row for row in t), Tensor(np.zeros(array.shape[1:]), dtype=np.float64)), array)


@settings(deadline=None)
@given(some_arrays(away_from_zero), st.sampled_from([ReLU(), Sigmoid(), Tanh(), GELU(), GELU(approximate="tanh")]))
def test_activations_agree_with_central_differences(array, activation):
    check(activation, array)


@settings(deadline=None)
@given(some_arrays(min_dims=1), st.data())
def test_softmax_agrees_with_central_differences_along_any_axis(array, data):
    check(Softmax(dim=data.draw(st.integers(-array.ndim, array.ndim - 1))), array)


def test_smooth_activations_agree_with_central_differences_at_zero():
    for activation in (Sigmoid(), Tanh(), GELU(), GELU(approximate="tanh")):
        check(activation, [0.0, -0.0, 1e-300, 1e-9])


@settings(deadline=None)
@given(hnp.array_shapes(max_dims=3, max_side=4), st.integers(0, 1000))
def test_losses_of_predictions_and_targets_agree_with_central_differences(shape, seed):
    random = np.random.default_rng(seed)
    check(MSELoss(), random.normal(size=shape), random.normal(size=shape))
    targets = Tensor(random.uniform(size=shape), dtype=np.float64)
    check(lambda p: BinaryCrossEntropyLoss()(p, targets), random.uniform(0.1, 0.9, shape))


@settings(deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 1000))
def test_cross_entropy_agrees_with_central_differences(rows, classes, seed):
    random = np.random.default_rng(seed)
    labels = Tensor(random.integers(0, classes, rows))
    check(lambda p: CrossEntropyLoss()(p, labels), random.normal(size=(rows, classes)))


def a_model(dtype=np.float64):
    np.random.seed(3)
    model = Sequential(Linear(6, 8), Tanh(), Linear(8, 8, bias=False), GELU(), Linear(8, 4))
    for parameter in model.parameters():
        parameter.data = parameter.data.astype(dtype)
    return model


def test_the_parameters_of_a_model_agree_with_central_differences():
    model, random = a_model(), np.random.default_rng(0)
    images, labels = Tensor(random.normal(size=(5, 6)), dtype=np.float64), Tensor(random.integers(0, 4, 5))
    parameters = model.parameters()

    def loss(*tensors):
        for layer, place in [(model[0], 0), (model[2], 2), (model[4], 3)]:
            layer.weight = tensors[place]
            if layer.bias is not None:
                layer.bias = tensors[place + 1]
        return CrossEntropyLoss()(model(images), labels)

    check(loss, *(parameter.data for parameter in parameters))


def test_dropout_passes_gradients_where_it_passed_numbers():
    x = Tensor(np.ones(1000), requires_grad=True)
    np.random.seed(0)
    out = Dropout(0.25)(x)
    out.backward(np.ones(1000))
    assert np.array_equal(x.grad.data, out.data)
    assert 0 < np.count_nonzero(x.grad.data == 0) < 400


def test_the_check_that_ships_finds_right_rules_right_and_wrong_ones_wrong():
    assert _gradient_error(lambda a, b: a * b, [1.0, 2.0], [3.0, 4.0]) < RELATIVE
    wrong = _recorded(lambda t: Tensor(t.data**2, dtype=t.dtype), lambda gradient, output, t: gradient * t)
    assert _gradient_error(wrong, [1.0, 2.0]) > 0.1


# Against PyTorch


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


def both(torch, function, arrays, dtype):
    """The gradients by both, of a function that takes Tensors of either kind and the module they come from."""
    ours = [Tensor(array, requires_grad=True, dtype=dtype) for array in arrays]
    theirs = [torch.tensor(np.asarray(array, dtype), requires_grad=True) for array in arrays]
    results = function(*ours, tinytorch), function(*theirs, torch)
    weights = np.random.default_rng(1).uniform(0.5, 1.5, results[0].shape).astype(dtype)
    results[0].backward(Tensor(weights, dtype=dtype))
    results[1].backward(torch.tensor(weights))
    return [each.grad.data for each in ours], [each.grad.numpy() for each in theirs]


A, B = [[1.5, -2.0, 0.5], [0.25, 3.0, -1.0]], [[0.5], [2.0]]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("function", "arrays"),
    [
        (lambda a, b, _: a + b, [A, B]),
        (lambda a, b, _: a - b, [A, B]),
        (lambda a, b, _: a * b, [A, B]),
        (lambda a, b, _: a / b, [A, B]),
        (lambda a, b, _: b**a, [A, B]),
        (lambda a, _: a**2, [[0.0, -1.0, 2.0]]),
        (lambda a, _: a**0, [[0.0, -1.0, 2.0]]),
        (lambda a, _: a**0.5, [[4.0, 0.25]]),
        (lambda a, _: 3.0 - a, [A]),
        (lambda a, _: 3.0 / a, [A]),
        (lambda a, _: -a, [A]),
        (lambda a, b, _: a.transpose(0, 1) @ b, [A, B]),
        (lambda a, b, _: a @ b, [[[A], [A]], np.ones((3, 2))]),
        (lambda a, b, _: a @ b, [A, [1.0, 2.0, 3.0]]),
        (lambda a, _: a.sum(axis=1), [A]),
        (lambda a, _: a.mean(), [A]),
        (lambda a, _: a.mean(axis=(0, 1)), [A]),
        (lambda a, _: a.mean(axis=0), [np.zeros((0, 3))]),
        (lambda a, _: a.mean(axis=1), [np.zeros((0, 3))]),
        (lambda a, _: a.mean(axis=1), [np.zeros((3, 0))]),
        (lambda a, _: a.sum(axis=0), [np.zeros((0, 3))]),
        (lambda a, _: a[:, [0, 2, 2]], [A]),
        (lambda a, _: a[1], [A]),
        (lambda a, _: a.reshape(3, 2), [A]),
        (lambda a, m: a.max(axis=1) if m is tinytorch else a.amax(dim=1), [[[1.0, 5.0, 5.0], [2.0, 0.0, 1.0]]]),
    ],
)
@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:invalid value encountered")
def test_operations_have_pytorchs_gradients(torch, function, arrays, dtype):
    for got, want in zip(*both(torch, function, arrays, dtype), strict=True):
        assert got.dtype == want.dtype
        np.testing.assert_allclose(got, want, rtol=1e-5 if dtype == "float32" else 1e-12)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (ReLU(), lambda t: t.nn.functional.relu),
        (Sigmoid(), lambda t: t.sigmoid),
        (Tanh(), lambda t: t.tanh),
        (GELU(), lambda t: t.nn.functional.gelu),
        (GELU(approximate="tanh"), lambda t: t.nn.GELU(approximate="tanh")),
        (Softmax(dim=0), lambda t: t.nn.Softmax(dim=0)),
        (Softmax(), lambda t: t.nn.Softmax(dim=-1)),
    ],
)
def test_activations_have_pytorchs_gradients(torch, ours, theirs):
    def function(x, module):
        return ours(x) if module is tinytorch else theirs(torch)(x)

    for dtype, rtol in [("float64", 1e-9), ("float32", 1e-4)]:
        arrays = [np.array([[0.0, -1.0, 2.0], [-40.0, 40.0, 0.3], [5.0, -5.0, 1e-6]])]
        for got, want in zip(*both(torch, function, arrays, dtype), strict=True):
            np.testing.assert_allclose(got, want, rtol=rtol, atol=1e-12 if dtype == "float64" else 1e-6)


def test_losses_have_pytorchs_gradients_also_at_their_edges(torch):
    functional, random = torch.nn.functional, np.random.default_rng(0)
    labels = random.integers(0, 5, 7)
    cases = [
        (
            lambda p, m: (
                CrossEntropyLoss()(p, Tensor(labels))
                if m is tinytorch
                else functional.cross_entropy(p, torch.tensor(labels))
            ),
            [random.normal(size=(7, 5)) * 30],
        ),
        (
            lambda p, t, m: MSELoss()(p, t) if m is tinytorch else functional.mse_loss(p, t),
            random.normal(size=(2, 4, 3)),
        ),
        (
            lambda p, m: (
                BinaryCrossEntropyLoss()(p, Tensor([0.0, 1.0, 1.0, 0.0, 0.3]))
                if m is tinytorch
                else functional.binary_cross_entropy(p, torch.tensor([0.0, 1.0, 1.0, 0.0, 0.3], dtype=p.dtype))
            ),
            [[0.0, 1.0, 0.0, 1.0, 0.6]],
        ),
        (
            lambda p, t, m: BinaryCrossEntropyLoss()(p, t) if m is tinytorch else functional.binary_cross_entropy(p, t),
            [[0.25, 0.5, 1e-9, 0.9], [1.0, 0.0, 0.3, 0.5]],
        ),
    ]
    for function, arrays in cases:
        for got, want in zip(*both(torch, function, arrays, "float64"), strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-7, atol=1e-12)


def test_a_model_has_pytorchs_gradients_on_the_same_weights_and_batches(torch):
    for dtype, tolerance in [("float64", 1e-10), ("float32", 1e-4)]:
        model = a_model(dtype)
        nn = torch.nn
        twin = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 8, bias=False), nn.GELU(), nn.Linear(8, 4))
        twin.to(getattr(torch, dtype))
        with torch.no_grad():
            for theirs, ours in zip(twin.parameters(), model.parameters(), strict=True):
                theirs.copy_(torch.tensor(ours.data))
        random = np.random.default_rng(2)
        for _ in range(3):  # batches; gradients add up
            images, labels = random.normal(size=(9, 6)).astype(dtype), random.integers(0, 4, 9)
            CrossEntropyLoss()(model(Tensor(images, dtype=dtype)), Tensor(labels)).backward()
            nn.CrossEntropyLoss()(twin(torch.tensor(images)), torch.tensor(labels)).backward()
        for theirs, ours in zip(twin.parameters(), model.parameters(), strict=True):
            assert ours.grad.dtype == dtype
            np.testing.assert_allclose(ours.grad.data, theirs.grad.numpy(), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [(lambda m: np.ones(2), TypeError), (lambda m: 3.0, TypeError), (lambda m: [1.0, 2.0], TypeError)]
    + [(lambda m, shape=shape: m.Tensor(np.ones(shape)), RuntimeError) for shape in [(3,), (1, 2), (1,)]],
)
def test_a_grad_that_is_no_tensor_or_has_another_shape_is_refused_where_pytorch_refuses_it(torch, wrong, kind):
    for module, parameter in [
        (tinytorch, Tensor([1.0, 2.0], requires_grad=True)),
        (torch, torch.tensor([1.0, 2.0], requires_grad=True)),
    ]:
        with pytest.raises(kind, match=r"grad"):
            parameter.grad = wrong(module)
        assert parameter.grad is None


def test_errors_are_of_pytorchs_kind(torch):
    for make in (Tensor, torch.tensor):
        vector = make([1.0, 2.0], requires_grad=True)
        for wrong in [
            lambda vector=vector: (vector * 2).backward(),
            lambda make=make: make(1.0).backward(),
            lambda vector=vector, make=make: (vector * 2).backward(make([1.0])),
        ]:
            with pytest.raises(RuntimeError):
                wrong()
        loss = (vector * vector).sum()
        loss.backward()
        with pytest.raises(RuntimeError):
            loss.backward()


# Its promises


def test_recording_begins_with_the_import_and_changes_no_result_in_any_bit(tmp_path):
    program = tmp_path / "forward.py"
    program.write_text(
        "import hashlib, sys\n"
        "import numpy as np\n"
        "from tinytorch import Tensor, ReLU, Sigmoid, Tanh, GELU, Softmax, Linear, Dropout, Sequential\n"
        "from tinytorch import MSELoss, CrossEntropyLoss, BinaryCrossEntropyLoss\n"
        "if 'with' in sys.argv:\n"
        "    import tinytorch.core.autograd\n"
        "else:\n"
        "    assert not hasattr(Tensor, 'backward') and not hasattr(Tensor, 'grad_fn')\n"
        "np.random.seed(0)\n"
        "for dtype in ['float32', 'float64']:\n"
        "    a = Tensor(np.random.normal(size=(4, 5)), dtype=dtype, requires_grad=True)\n"
        "    b = Tensor(np.random.uniform(0.5, 2, size=5), dtype=dtype, requires_grad=True)\n"
        "    results = [a + b, a - b, a * b, a / b, b**a, -a, 2 - a, 2 / b, a @ b, a.transpose() @ a, a[1:, [0, 2]],\n"
        "               a.sum(), a.mean(axis=0), a.max(axis=1, keepdims=True), a.reshape(-1), a > b, a == a, *a]\n"
        "    results += [f(a) for f in (ReLU(), Sigmoid(), Tanh(), GELU(), GELU('tanh'), Softmax(), Softmax(0))]\n"
        "    results += [Dropout(0.5)(a)]\n"
        "    results += [Sequential(Linear(5, 6), ReLU(), Linear(6, 2, bias=False))(Tensor(a.data, dtype=dtype))]\n"
        "    results += [MSELoss()(a, a * b), CrossEntropyLoss()(a, Tensor([0, 4, 2, 1]))]\n"
        "    results += [BinaryCrossEntropyLoss()(Sigmoid()(a), a > 0)]\n"
        "    for r in results:\n"
        "        print(r.dtype, r.shape, r.data.strides, hashlib.sha256(r.data.tobytes()).hexdigest())\n"
        "print('tinytorch.core.autograd' in sys.modules, hasattr(Tensor, 'backward'))\n",
        encoding="utf-8",
    )
    outputs = []
    for argument in ("without", "with"):
        command = [sys.executable, str(program), argument]
        environment = {**os.environ, "PYTHONPATH": str(Path(tinytorch.__file__).parent.parent)}
        run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)
        assert run.returncode == 0, run.stderr
        *lines, last = run.stdout.splitlines()
        outputs.append((lines, last))
    assert len(outputs[0][0]) > 60
    assert outputs[0][0] == outputs[1][0]
    assert (outputs[0][1], outputs[1][1]) == ("False False", "True True")


def test_a_chain_of_ten_thousand_operations_walks_back_and_falls_apart_without_recursion():
    x = Tensor(1.0, requires_grad=True, dtype=np.float64)
    y = x
    for _ in range(10_000):
        y = y * 1.0001
    y.backward()
    assert x.grad.item() == pytest.approx(1.0001**10_000, rel=1e-9)
    for _ in range(100_000):
        y = x = x + 1.0
    del y, x  # the graph of a chain that was never walked


def test_paths_that_double_sixty_times_are_walked_once():
    x = y = Tensor(1.0, requires_grad=True, dtype=np.float64)
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad.item() == 2.0**60


def test_gradients_accumulate_and_start_anew_after_none():
    x = Tensor([1.0, 2.0], requires_grad=True)
    for _ in range(3):
        (x * x).sum().backward()
    assert x.grad.data.tolist() == [6, 12]
    x.grad = None
    (x * x).sum().backward()
    assert x.grad.data.tolist() == [2, 4]


def test_a_grad_can_be_a_tensor_of_the_same_shape_or_none_and_survives_a_pickle():
    parameter = Tensor([1.0, 2.0], requires_grad=True)
    parameter.grad = Tensor([3.0, 4.0])
    assert pickle.loads(pickle.dumps(parameter)).grad.data.tolist() == [3, 4]
    assert copy.deepcopy(parameter).grad.data.tolist() == [3, 4]
    parameter.grad = None
    assert parameter.grad is None
    with pytest.raises(TypeError, match="ndarray: write Tensor"):
        parameter.grad = np.ones(2)
    with pytest.raises(RuntimeError, match=r"\(3,\), its Tensor \(2,\)"):
        parameter.grad = Tensor([1.0, 2.0, 3.0])


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_the_targets_of_the_binary_loss_get_a_finite_gradient_also_for_a_certain_answer():
    probabilities = Tensor([0.0, 1.0, 0.25], dtype=np.float64)
    targets = Tensor([1.0, 0.0, 1.0], requires_grad=True, dtype=np.float64)
    BinaryCrossEntropyLoss()(probabilities, targets).backward()
    np.testing.assert_allclose(targets.grad.data, np.array([100, -100, np.log(3)]) / 3)


def test_only_leaves_keep_a_gradient_and_it_is_their_own_array():
    a, b = Tensor([1.0], requires_grad=True), Tensor([2.0], requires_grad=True)
    c = a + b
    c.backward()
    assert c.grad is None
    assert not np.shares_memory(a.grad.data, b.grad.data)
    assert type(a.grad) is Tensor
    assert not a.grad.requires_grad


def test_a_gradient_has_the_dtype_of_its_tensor_also_where_dtypes_meet():
    single, double = Tensor([1.0, 2.0], requires_grad=True), Tensor([3.0], requires_grad=True, dtype=np.float64)
    (single * double).sum().backward()
    assert (single.grad.dtype, double.grad.dtype) == (np.float32, np.float64)


def test_integers_and_comparisons_take_no_part():
    whole, x = Tensor([1, 2], requires_grad=True), Tensor([0.5, 1.5], requires_grad=True)
    assert (whole + whole).grad_fn is None
    assert (x > 1).grad_fn is None
    assert not (x > 1).requires_grad
    (whole * x).sum().backward()
    assert whole.grad is None
    assert x.grad.data.tolist() == [1, 2]


def test_no_grad_stops_recording_as_block_and_as_decorator_and_nests():
    x = Tensor([1.0], requires_grad=True)

    @no_grad()
    def quiet():
        return x * 2

    with no_grad():
        with no_grad():
            assert not (x * 2).requires_grad
        assert not (x * 2).requires_grad
    assert not quiet().requires_grad
    with pytest.raises(KeyError), no_grad():
        raise KeyError
    assert (x * 2).requires_grad


def test_a_method_that_calls_other_methods_is_one_node():
    class Slow(Tensor):
        def __sub__(self, other):
            return self + (-other)

    _differentiable(Slow, "__sub__")(lambda gradient, output, a, b: (gradient, -gradient))
    a, b = Slow([1.0], requires_grad=True), Tensor([2.0], requires_grad=True)
    result = a - b
    assert [value is leaf for value, leaf in zip(result.grad_fn.inputs, (a, b), strict=True)] == [True, True]
    result.backward()
    assert (a.grad.item(), b.grad.item()) == (1, -1)


def test_a_rule_may_be_registered_twice_and_the_last_one_counts():
    class Mine(Tensor):
        def half(self):
            return Tensor(self.data / 2)

    forward = Mine.half
    for factor in (0.25, 0.5):
        _differentiable(Mine, "half")(lambda gradient, output, t, factor=factor: gradient * factor)
    assert Mine.half._forward is forward
    x = Mine([4.0], requires_grad=True)
    x.half().backward()
    assert x.grad.item() == 0.5


def test_a_function_of_several_tensors_and_options_can_be_recorded():
    def scaled_sum(x, weight, *, times=1):
        return Tensor((x.data @ weight.data) * times, dtype=x.dtype)

    def backward(gradient, output, x, weight, *, times=1):
        return gradient @ weight.T * times, x.T @ gradient * times

    function = _recorded(scaled_sum, backward)
    check(lambda x, weight: function(x, weight=weight, times=3), np.ones((2, 3)), np.ones((3, 2)))


def test_a_rule_that_gives_the_wrong_shape_is_named():
    broken = _recorded(lambda t: Tensor(t.data * 2), lambda gradient, output, t: gradient[:1])
    x = Tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(ValueError, match=r"lambda.* gave a gradient of \(1,\) for an input of \(2,\)"):
        broken(x).backward(np.ones(2))


def test_backward_lets_the_graph_go_while_it_walks():
    x, alive, counts = Tensor(np.ones(10), requires_grad=True), [], []

    def rule(gradient, output, t):
        counts.append(sum(result() is not None for result in alive))
        return gradient

    step, y = _recorded(lambda t: Tensor(t.data + 1), rule), x
    for _ in range(50):
        y = step(y)
        alive.append(weakref.ref(y))
    gc.disable()  # nothing waits for the collector: there are no cycles
    try:
        y.backward(np.ones(10))
        assert counts[-1] <= 3
        assert sum(result() is not None for result in alive) == 1  # y itself
    finally:
        gc.enable()


def test_a_graph_that_nobody_walks_goes_with_its_result():
    gc.disable()
    try:
        x = Tensor(np.ones(10), requires_grad=True)
        middle = x * 2.0
        seen, result = weakref.ref(middle), (middle * 3.0).sum()
        del middle
        assert seen() is not None
        del result
        assert seen() is None
    finally:
        gc.enable()


def test_max_splits_evenly_among_equals():
    assert _gradients(lambda t: t.max(), [3.0, 1.0, 3.0])[0].tolist() == [0.5, 0, 0.5]


def test_the_edges_raise_no_warning():
    with np.errstate(all="raise", under="ignore"):
        _gradients(lambda a, b: a**b, [-2.0, 0.0, 1.0], [2.0, 3.0, 5.0])
        _gradients(lambda a: a**0, [0.0])
        _gradients(lambda p: CrossEntropyLoss()(p, Tensor([2])), [[1e4, 0.0, -1e4]])
    with np.errstate(divide="raise", invalid="raise", over="raise"):
        for activation in (ReLU(), Sigmoid(), Tanh(), GELU(), Softmax()):
            assert np.isfinite(_gradients(activation, [-1e3, 0.0, 1e3])[0]).all()
