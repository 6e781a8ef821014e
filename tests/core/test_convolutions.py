"""Module 09's export: held against loops, central differences and PyTorch, and a small CNN that reads the digits."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tinytorch
from tinytorch import (
    Adam,
    AvgPool2d,
    Conv2d,
    CrossEntropyLoss,
    DataLoader,
    Flatten,
    Linear,
    MaxPool2d,
    RandomCrop,
    ReLU,
    Sequential,
    Tensor,
)
from tinytorch.core.convolutions import _columns, _fold, _output_size, _slow_convolution, _windows
from tinytorch.datasets import split_digits
from tinytorch.profiling import kept_bytes, peak_bytes

RELATIVE, FLOOR, STEP = 1e-6, 1e-8, 1e-5


# A small CNN


class MovedDigits:
    """The training digits as (1, 8, 8), each moved by up to a pixel whenever it is fetched."""

    def __init__(self, images, labels, generator):
        self.images, self.labels = images[:, None], labels
        self.crop = RandomCrop(8, padding=1, generator=generator)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        return self.crop(self.images[index]), self.labels[index]


def train_cnn(seed):
    np.random.seed(seed)
    random = np.random.default_rng(seed)
    model = Sequential(
        Conv2d(1, 16, 3, padding=1),
        ReLU(),
        Conv2d(16, 32, 3, padding=1),
        ReLU(),
        MaxPool2d(2),
        Flatten(),
        Linear(512, 10),
    )
    train_images, train_labels, _, _ = split_digits()
    loader = DataLoader(MovedDigits(train_images, train_labels, random), 32, shuffle=True, generator=random)
    optimizer, loss_fn = Adam(model.parameters()), CrossEntropyLoss()
    for epochs, lr in [(12, 3e-3), (5, 1e-3), (3, 3e-4)]:
        optimizer.lr = lr
        for _ in range(epochs):
            for images, labels in loader:
                optimizer.zero_grad()
                loss_fn(model(images), labels).backward()
                optimizer.step()
    return model


def accuracy_of(model):
    _, _, images, labels = split_digits()
    with tinytorch.no_grad():
        guesses = model(Tensor(images[:, None])).data.argmax(axis=1)
    return (guesses == labels).mean()


def test_a_small_cnn_reaches_ninety_eight_percent_on_the_digits():
    model = train_cnn(seed=0)
    assert sum(parameter.size for parameter in model.parameters()) == 9_930
    assert accuracy_of(model) >= 0.98


# Shapes, and plain loops


@st.composite
def layouts(draw, most_padding=2):
    """Shapes of images and kernels, stride and padding that fit each other."""
    kernel = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    stride = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    padding = draw(st.tuples(st.integers(0, most_padding), st.integers(0, most_padding)))
    size = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    count, channels, kernels = draw(st.tuples(st.integers(1, 2), st.integers(1, 2), st.integers(1, 2)))
    assume(all(n + 2 * p >= k for n, k, p in zip(size, kernel, padding, strict=True)))
    return (count, channels, *size), (kernels, channels, *kernel), stride, padding


def layer_with(x, weight, bias, stride, padding):
    """The result of a layer that holds these Tensors."""
    layer = Conv2d(weight.shape[1], weight.shape[0], weight.shape[2:], stride, padding, bias is not None)
    layer.weight, layer.bias = weight, bias
    return layer(x)


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


@settings(deadline=None)
@given(layouts())
def test_the_size_of_a_result_is_the_number_of_windows_that_fit(layout):
    shape, kernels, stride, padding = layout
    fitting = [
        len([start for start in range(0, n + 2 * p, s) if start + k <= n + 2 * p])
        for n, k, s, p in zip(shape[2:], kernels[2:], stride, padding, strict=True)
    ]
    assert _output_size(shape[2:], kernels[2:], stride, padding) == tuple(fitting)


@settings(deadline=None)
@given(layouts())
def test_a_convolution_is_what_plain_loops_say(layout):
    shape, kernels, stride, padding = layout
    x, weight, bias = numbers(*shape), numbers(*kernels, seed=1), numbers(kernels[0], seed=2)
    got = layer_with(*(Tensor(each, dtype=np.float64) for each in (x, weight, bias)), stride, padding)
    padded = np.pad(x, [(0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2])
    want = np.zeros(got.shape)
    for n, o, i, j in np.ndindex(want.shape):
        top, left = i * stride[0], j * stride[1]
        window = padded[n, :, top : top + kernels[2], left : left + kernels[3]]
        want[n, o, i, j] = (window * weight[o]).sum() + bias[o]
    np.testing.assert_allclose(got.data, want, rtol=1e-12, atol=1e-12)
    slow = _slow_convolution(x, weight, stride, padding)
    np.testing.assert_allclose(slow + bias[:, None, None], want, rtol=1e-12, atol=1e-12)


@settings(deadline=None)
@given(layouts(), st.integers(0, 1000))
def test_folding_is_the_adjoint_of_taking_windows(layout, seed):
    shape, kernels, stride, padding = layout
    random = np.random.default_rng(seed)
    x = random.integers(-9, 10, shape).astype(float)
    windows = _windows(x, kernels[2:], stride, padding)
    w = random.integers(-9, 10, windows.shape).astype(float)
    assert (windows * w).sum() == (x * _fold(w, shape, stride, padding)).sum()
    places = windows.shape[2] * windows.shape[3]
    assert _columns(windows).shape == (shape[0], kernels[1] * kernels[2] * kernels[3], places)


@settings(deadline=None)
@given(layouts(most_padding=0))
def test_pools_are_what_plain_loops_say(layout):
    shape, (_, _, *kernel), stride, _ = layout
    x = numbers(*shape)
    for pool, function in [(MaxPool2d, np.max), (AvgPool2d, np.mean)]:
        got = pool(tuple(kernel), stride)(Tensor(x, dtype=np.float64)).data
        for n, c, i, j in np.ndindex(got.shape):
            top, left = i * stride[0], j * stride[1]
            window = x[n, c, top : top + kernel[0], left : left + kernel[1]]
            assert abs(got[n, c, i, j] - function(window)) < 1e-12


def test_windows_are_a_view_and_columns_cost_kernel_times_the_image():
    x = np.ones((4, 8, 32, 32), np.float32)
    assert np.shares_memory(x, _windows(x, (3, 3), (2, 2)))
    assert peak_bytes(lambda: _windows(x, (3, 3))) < 10_000
    columns = 9 * 8 * 4 * 30 * 30 * 4
    assert columns <= peak_bytes(lambda: _columns(_windows(x, (3, 3)))) < 1.1 * columns


def test_between_forward_and_backward_no_columns_are_held():
    layer, x = Conv2d(8, 4, 3), Tensor(np.ones((4, 8, 32, 32)), requires_grad=True)
    result = 4 * 4 * 30 * 30 * 4
    assert result <= kept_bytes(lambda: layer(x)) < 1.2 * result


def test_a_batch_of_no_images_goes_through_every_layer():
    model = Sequential(Conv2d(1, 4, 3, padding=1), ReLU(), MaxPool2d(2), AvgPool2d(2), Flatten(), Linear(16, 3))
    result = model(Tensor(np.zeros((0, 1, 8, 8))))
    assert result.shape == (0, 3)
    result.sum().backward()
    assert all((parameter.grad.data == 0).all() for parameter in model.parameters())


# Gradients


def central_differences(function, arrays, weights):
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
    leaves = [Tensor(array.copy(), requires_grad=True, dtype=np.float64) for array in arrays]
    result = function(*leaves)
    assert result.dtype == np.float64
    weights = np.random.default_rng(len(arrays)).uniform(0.5, 1.5, result.shape)
    result.backward(weights)
    for leaf, want in zip(leaves, central_differences(function, arrays, weights), strict=True):
        assert leaf.grad.shape == leaf.shape
        assert leaf.grad.dtype == np.float64
        assert (np.abs(leaf.grad.data - want) <= np.maximum(RELATIVE * np.abs(want), FLOOR)).all()


@settings(deadline=None, max_examples=60)
@given(layouts(), st.integers(0, 1000))
def test_the_gradients_of_a_convolution_agree_with_central_differences(layout, seed):
    shape, kernels, stride, padding = layout
    random = np.random.default_rng(seed)
    x, weight, bias = (random.normal(size=each) for each in (shape, kernels, kernels[:1]))
    check(lambda x, w, b: layer_with(x, w, b, stride, padding), x, weight, bias)


@settings(deadline=None, max_examples=60)
@given(layouts(most_padding=0), st.integers(0, 1000))
def test_the_gradients_of_pools_agree_with_central_differences(layout, seed):
    shape, (_, _, *kernel), stride, _ = layout
    different = np.random.default_rng(seed).permutation(np.prod(shape)).reshape(shape).astype(float)
    check(MaxPool2d(tuple(kernel), stride), different)
    check(AvgPool2d(tuple(kernel), stride), numbers(*shape, seed=seed))


def test_a_convolution_without_bias_and_flatten_agree_with_central_differences():
    check(lambda x, w: layer_with(x, w, None, 2, 1), numbers(2, 2, 4, 3), numbers(3, 2, 2, 2))
    check(lambda x: Flatten()(x * x), numbers(2, 3, 1, 2))


def test_a_whole_cnn_agrees_with_central_differences():
    x, weight, bias, last = numbers(2, 1, 6, 6), numbers(3, 1, 3, 3, seed=1), numbers(3, seed=2), numbers(27, 4, seed=3)

    def model(x, w, b, v):
        pooled = MaxPool2d(2)(ReLU()(layer_with(x, w, b, 1, 1)))
        return CrossEntropyLoss()(Flatten()(pooled) @ v, Tensor([1, 3]))

    check(model, x, weight, bias, last)


def test_of_equal_ones_the_first_gets_the_gradient():
    x = Tensor(np.zeros((1, 1, 4, 4)), requires_grad=True)
    MaxPool2d(2)(x).sum().backward()
    assert x.grad.data[0, 0].tolist() == [[1, 0, 1, 0], [0, 0, 0, 0]] * 2


# As in PyTorch


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


LAYERS = [
    ((2, 3, 8, 7), (4, 3, 3, 3), (1, 1), (1, 1)),
    ((1, 1, 8, 8), (2, 1, 2, 3), (2, 1), (0, 1)),
    ((3, 2, 5, 9), (1, 2, 5, 2), (1, 3), (0, 0)),
    ((2, 4, 6, 6), (3, 4, 1, 1), (2, 2), (2, 0)),
]


@pytest.mark.parametrize(("shape", "kernels", "stride", "padding"), LAYERS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_convolutions_and_their_gradients_are_pytorchs(torch, shape, kernels, stride, padding, dtype):
    arrays = [numbers(*shape), numbers(*kernels, seed=1), numbers(kernels[0], seed=2)]
    ours = [Tensor(array, requires_grad=True, dtype=dtype) for array in arrays]
    theirs = [torch.tensor(array, dtype=getattr(torch, dtype), requires_grad=True) for array in arrays]
    mine = layer_with(*ours, stride, padding)
    other = torch.nn.functional.conv2d(*theirs, stride=stride, padding=padding)
    tolerance = 1e-10 if dtype == "float64" else 1e-4
    np.testing.assert_allclose(mine.data, other.detach().numpy(), rtol=tolerance, atol=tolerance)
    gradient = numbers(*mine.shape, seed=3)
    mine.backward(gradient)
    other.backward(torch.tensor(gradient, dtype=other.dtype))
    for leaf, twin in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(leaf.grad.data, twin.grad.numpy(), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(
    "options", [{"kernel_size": 2}, {"kernel_size": (2, 3), "stride": (1, 2)}, {"kernel_size": 3, "stride": 2}]
)
@pytest.mark.parametrize("name", ["MaxPool2d", "AvgPool2d"])
def test_pools_and_their_gradients_are_pytorchs_ties_included(torch, name, options):
    x = np.random.default_rng(0).integers(0, 4, (2, 3, 7, 8)).astype(float)
    ours, theirs = Tensor(x, requires_grad=True, dtype=np.float64), torch.tensor(x, requires_grad=True)
    mine, other = getattr(tinytorch, name)(**options)(ours), getattr(torch.nn, name)(**options)(theirs)
    np.testing.assert_allclose(mine.data, other.detach().numpy(), rtol=1e-12)
    gradient = numbers(*mine.shape)
    mine.backward(gradient)
    other.backward(torch.tensor(gradient))
    np.testing.assert_allclose(ours.grad.data, theirs.grad.numpy(), rtol=1e-12, atol=1e-12)


def test_starting_weights_are_bounded_as_pytorchs_are(torch):
    for arguments in [(3, 64, 5), (16, 64, (1, 3))]:
        np.random.seed(0)
        mine, other = Conv2d(*arguments), torch.nn.Conv2d(*arguments)
        for name in ("weight", "bias"):
            ours, theirs = getattr(mine, name).data, getattr(other, name).detach().numpy()
            assert ours.shape == theirs.shape
            bound = 1 / np.sqrt(np.prod(other.weight.shape[1:]))
            assert np.abs(ours).max() <= bound + 1e-7
            assert np.abs(theirs).max() <= bound + 1e-7
            assert np.abs(ours).max() > 0.8 * bound


# On its own


def test_starting_weights_are_uniform_within_their_bound_and_repeat_with_the_seed():
    np.random.seed(0)
    layer = Conv2d(16, 100, 5)
    assert layer.weight.dtype == layer.bias.dtype == np.float32
    assert 0.0499 < np.abs(layer.weight.data).max() <= 0.05
    assert abs(np.abs(layer.weight.data).mean() - 0.025) < 0.001
    np.random.seed(0)
    assert np.array_equal(Conv2d(16, 100, 5).weight.data, layer.weight.data)


def test_a_layer_of_float64_weights_stays_float64_and_integers_give_float32():
    layer = Conv2d(1, 2, 3)
    image = np.ones((1, 1, 4, 4))
    assert layer(Tensor(image)).dtype == np.float32
    assert layer(Tensor(image.astype(np.uint8))).dtype == np.float32
    assert layer(Tensor(image, dtype=np.float64)).dtype == np.float64
    layer.weight = Tensor(layer.weight.data, requires_grad=True, dtype=np.float64)
    layer.bias = Tensor(layer.bias.data, requires_grad=True, dtype=np.float64)
    result = layer(Tensor(image, dtype=np.float64))
    result.sum().backward()
    assert result.dtype == layer.weight.grad.dtype == layer.bias.grad.dtype == np.float64


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_pools_and_flatten_keep_the_dtype(dtype):
    x = Tensor(np.ones((2, 1, 4, 4)), dtype=dtype)
    assert {str(layer(x).dtype) for layer in (MaxPool2d(2), AvgPool2d(2), Flatten())} == {dtype}


@pytest.mark.parametrize("shape", [(5, 4, 8, 8), (7, 8, 8), (8, 8), (5, 8, 8, 7), (1, 7, 8, 8, 8)])
def test_an_input_that_does_not_fit_is_refused_with_both_shapes(shape):
    with pytest.raises(ValueError, match=r"7.*" + ", ".join(map(str, shape))):
        Conv2d(7, 2, 3)(Tensor(np.ones(shape)))


@pytest.mark.parametrize("make", [lambda: Conv2d(1, 2, (3, 5)), lambda: MaxPool2d((3, 5)), lambda: AvgPool2d((3, 5))])
def test_a_window_that_does_not_fit_is_refused_with_both_sizes(make):
    with pytest.raises(ValueError, match=r"\(3, 5\).*\(9, 4\)"):
        make()(Tensor(np.ones((1, 1, 9, 4))))


@pytest.mark.parametrize("pool", [MaxPool2d, AvgPool2d])
@pytest.mark.parametrize("shape", [(8, 8), (3, 8, 8), (1, 1, 1, 8, 8)])
def test_pools_refuse_what_is_no_batch_of_images(pool, shape):
    with pytest.raises(ValueError, match=", ".join(map(str, shape))):
        pool(2)(Tensor(np.ones(shape)))


def test_a_stride_below_one_is_refused():
    for stride in (0, (1, -1)):
        with pytest.raises(ValueError, match="stride"):
            Conv2d(1, 1, 2, stride=stride)(Tensor(np.ones((1, 1, 4, 4))))


def test_sizes_are_ints_or_pairs():
    layer = Conv2d(1, 2, 3, stride=2, padding=[1, 0])
    assert (layer.kernel_size, layer.stride, layer.padding) == ((3, 3), (2, 2), (1, 0))
    assert (MaxPool2d(3).stride, AvgPool2d((2, 3), 1).stride) == ((3, 3), (1, 1))


def test_a_layer_keeps_nothing_of_a_call():
    for layer in (Conv2d(1, 2, 3), MaxPool2d(2), AvgPool2d(2), Flatten()):
        before = dict(vars(layer))
        layer(Tensor(np.ones((2, 1, 4, 4)), requires_grad=True)).sum().backward()
        assert vars(layer) == before
