"""Module 03's export: calling layers, finding their parameters, and the three layers themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinytorch
from tinytorch.core.activations import ReLU
from tinytorch.core.layers import Dropout, Layer, Linear, Sequential
from tinytorch.core.tensor import Tensor


class Spy(Tensor):
    """A Tensor that notes the operations that were called on it or on what came of it."""

    def __init__(self, data, log):
        super().__init__(data, requires_grad=True, dtype=np.asarray(data).dtype)
        self.log = log


def _noting(name):
    def operation(self, *others, **options):
        self.log.append(name)
        result = getattr(Tensor, name)(self, *others, **options)
        return Spy(result.data, self.log)

    return operation


for _name in ["__add__", "__radd__", "__mul__", "__rmul__", "__matmul__", "__rmatmul__", "transpose", "reshape"]:
    setattr(Spy, _name, _noting(_name))


class Holder(Layer):
    """A layer without a forward that holds what it is given, and calls no `super().__init__()`."""

    def __init__(self, **attributes):
        vars(self).update(attributes)


def parameter(*shape):
    return Tensor(np.zeros(shape), requires_grad=True)


def same_objects(found, wanted):
    return len(found) == len(wanted) and all(one is other for one, other in zip(found, wanted, strict=True))


@pytest.mark.parametrize("name", ["Layer", "Linear", "Dropout", "Sequential"])
def test_the_package_gives_the_same_class_as_its_module(name):
    assert getattr(tinytorch, name) is globals()[name]


# Layer


def test_a_call_hands_all_inputs_to_forward():
    class Sum(Layer):
        def forward(self, *inputs):
            return sum(inputs)

    assert Sum()(1, 2, 3) == 6
    assert Sum()() == 0


def test_a_layer_without_forward_says_its_name():
    with pytest.raises(NotImplementedError, match="Holder"):
        Holder()(Tensor([1.0]))


def test_parameters_come_in_order_of_definition_from_everywhere():
    a, b, c, d, e = (parameter(2) for _ in range(5))
    layer = Holder(first=Holder(a=a), b=b, fixed=Tensor([1.0]), row=[Holder(c=c), ReLU(), "x"], pair=(d, Holder(e=e)))
    assert same_objects(layer.parameters(), [a, b, c, d, e])


def test_a_shared_parameter_comes_once_and_equal_ones_are_two():
    shared, twin = parameter(1), parameter(1)
    layer = Holder(one=Holder(w=shared), other=Holder(w=shared, b=twin), again=[shared])
    assert same_objects(layer.parameters(), [shared, twin])


def test_layers_that_hold_each_other_are_walked_through_once():
    w, v = parameter(1), parameter(1)
    outer = Holder(w=w)
    outer.inner = Holder(v=v, outer=outer)
    assert same_objects(outer.parameters(), [w, v])
    assert outer.eval().inner.training is False


def test_parameters_are_looked_up_anew():
    layer = Holder()
    assert layer.parameters() == []
    layer.w = parameter(1)
    assert same_objects(layer.parameters(), [layer.w])


def test_modes_reach_all_inner_layers_and_no_other():
    low = Holder()
    model = Sequential(Holder(layers=[(low,)]), ReLU())
    assert model.training is low.training is True
    assert model.eval() is model
    assert model.training is low.training is False
    assert Holder().training is True
    assert model.train() is model
    assert low.training is True


# Linear


def test_linear_holds_weight_and_bias_as_pytorch_lays_them_out():
    layer = Linear(3, 5)
    assert (layer.weight.shape, layer.bias.shape) == ((5, 3), (5,))
    assert same_objects(layer.parameters(), [layer.weight, layer.bias])
    assert {tensor.dtype for tensor in layer.parameters()} == {np.dtype(np.float32)}
    assert Linear(3, 5, bias=False).bias is None


@given(st.integers(1, 2000), st.integers(0, 2**32 - 1))
def test_weights_begin_within_one_over_root_in_as_the_seed_says(inputs, seed):
    drawn = []
    for _ in range(2):
        np.random.seed(seed)
        layer = Linear(inputs, 3)
        drawn.append([tensor.data for tensor in layer.parameters()])
        assert all(np.abs(array).max() <= np.float32(1 / np.sqrt(inputs)) for array in drawn[-1])
    assert all(np.array_equal(one, other) for one, other in zip(*drawn, strict=True))


@pytest.mark.parametrize("leading", [(), (4,), (0,), (2, 3), (1, 2, 3)])
@pytest.mark.parametrize("bias", [True, False])
def test_linear_is_a_matrix_product_over_the_last_axis(leading, bias):
    layer = Linear(3, 2, bias=bias)
    x = np.random.default_rng(0).normal(size=(*leading, 3)).astype(np.float32)
    want = x @ layer.weight.data.T + (layer.bias.data if bias else 0)
    np.testing.assert_allclose(layer(Tensor(x)).data, want, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("shape", [(), (2,), (3, 2), (0, 1)])
def test_linear_refuses_an_input_that_does_not_fit_and_names_both(shape):
    with pytest.raises(ValueError, match=r"17.*\(") as raised:
        Linear(17, 2)(Tensor(np.zeros(shape)))
    assert str(shape) in str(raised.value)


def test_linear_and_dropout_are_made_of_tensor_operations():
    log = []
    layer = Linear(3, 2)
    layer.weight, layer.bias = Spy(layer.weight.data, log), Spy(layer.bias.data, log)
    result = layer(Tensor(np.ones((4, 3))))
    assert isinstance(result, Spy)
    assert {"transpose"} < set(log)
    log.clear()
    assert isinstance(Dropout(0.5)(Spy(np.ones(4), log)), Spy)
    assert log in (["__mul__"], ["__rmul__"])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_linear_gives_the_wider_of_both_dtypes(dtype):
    assert Linear(2, 2)(Tensor(np.ones(2), dtype=dtype)).dtype == dtype


# Dropout


@given(st.floats(0.05, 0.95), st.integers(0, 2**32 - 1))
def test_dropout_drops_a_share_of_p_and_scales_the_rest(p, seed):
    np.random.seed(seed)
    out = Dropout(p)(Tensor(np.full(20_000, 3.0), dtype=np.float64)).data
    assert abs((out == 0).mean() - p) < 0.03
    np.testing.assert_allclose(out[out != 0], 3 / (1 - p), rtol=1e-12)


def test_dropout_draws_anew_for_each_call_and_leaves_its_input():
    x, layer = Tensor(np.ones(200)), Dropout()
    assert not np.array_equal(layer(x).data, layer(x).data)
    assert (x.data == 1).all()


def test_dropout_in_use_is_nothing_at_all():
    x, layer = Tensor([1.0]), Dropout(0.9).eval()
    state = np.random.get_state()[1].copy()
    assert layer(x) is x
    assert np.array_equal(np.random.get_state()[1], state)


@pytest.mark.parametrize(("p", "want"), [(0, [1, 2]), (1, [0, 0])])
def test_dropout_of_nothing_and_of_everything(p, want):
    assert Dropout(p)(Tensor([1.0, 2.0])).data.tolist() == want


@pytest.mark.parametrize("p", [-0.01, 1.01, float("nan")])
def test_dropout_refuses_what_is_no_probability(p):
    with pytest.raises(ValueError, match="between 0 and 1"):
        Dropout(p)


@pytest.mark.parametrize(("dtype", "want"), [("float16", "float16"), ("float64", "float64"), ("int64", "float32")])
def test_dropout_keeps_a_float_dtype(dtype, want):
    assert Dropout()(Tensor(np.ones(3), dtype=dtype)).dtype == want


# Sequential


def test_sequential_calls_its_parts_in_order_whatever_can_be_called():
    model = Sequential(lambda x: x + 1, ReLU(), Sequential(lambda x: x * 10))
    assert model(Tensor([-3.0, 4.0])).data.tolist() == [0, 50]
    x = Tensor([1.0])
    assert Sequential()(x) is x


def test_sequential_reads_like_a_list_of_its_parts():
    parts = [Linear(2, 3), ReLU(), Dropout()]
    model = Sequential(*parts)
    assert same_objects(list(model), parts)
    assert (len(model), model[0], model[-1]) == (3, parts[0], parts[2])
    with pytest.raises(IndexError):
        model[3]


def test_sequential_gives_its_parameters_in_order_each_once():
    first, last = Linear(2, 2), Linear(2, 2, bias=False)
    model = Sequential(first, Sequential(last, ReLU()), first)
    assert same_objects(model.parameters(), [first.weight, first.bias, last.weight])


def test_linear_agrees_with_pytorch():
    torch = pytest.importorskip("torch")
    x = np.random.default_rng(0).normal(size=(6, 4, 5)).astype(np.float32)
    ours, theirs = Linear(5, 3), torch.nn.Linear(5, 3)
    with torch.no_grad():
        theirs.weight.copy_(torch.from_numpy(ours.weight.data))
        theirs.bias.copy_(torch.from_numpy(ours.bias.data))
        want = theirs(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(ours(Tensor(x)).data, want, rtol=1e-5, atol=1e-6)
    assert [tuple(p.shape) for p in theirs.parameters()] == [p.shape for p in ours.parameters()]
    bound = float(max(p.detach().abs().max() for p in torch.nn.Linear(100, 500).parameters()))
    assert bound == pytest.approx(0.1, rel=0.01)
