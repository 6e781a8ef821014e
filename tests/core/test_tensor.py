"""Module 01's export, held against the Tensor row of the course's specification."""

import operator
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tinytorch
from tinytorch.core.tensor import Tensor

KEPT_DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64"]
FLOAT_DTYPES = ["float16", "float32", "float64"]
ARITHMETIC = [operator.add, operator.sub, operator.mul, operator.truediv]
COMPARISONS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]

tame_floats = st.floats(-1e3, 1e3).filter(lambda x: x == 0 or abs(x) > 1e-3)


@st.composite
def broadcastable_arrays(draw, dtype=np.float64):
    """Two float64 arrays whose shapes fit together."""
    shapes = draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=4)).input_shapes
    return [draw(hnp.arrays(dtype, shape, elements=tame_floats)) for shape in shapes]


def test_the_package_gives_the_same_class_as_its_module():
    assert tinytorch.Tensor is Tensor


# What it holds


@pytest.mark.parametrize("data", [1.5, [1.5], [[1, 2.0]], [], np.float64(1.5), (0.5, 1)])
def test_python_floats_become_float32(data):
    assert Tensor(data).dtype == np.float32


@pytest.mark.parametrize("dtype", FLOAT_DTYPES)
def test_float_arrays_of_any_width_become_float32(dtype):
    assert Tensor(np.ones((2, 2), dtype)).dtype == np.float32


@pytest.mark.parametrize("dtype", KEPT_DTYPES)
def test_integers_and_bools_keep_their_dtype(dtype):
    assert Tensor(np.ones(3, dtype)).dtype == dtype


def test_python_integers_become_int64_and_python_bools_stay_bool():
    assert Tensor([1, 2]).dtype == np.int64
    assert Tensor(True).dtype == np.bool_


@pytest.mark.parametrize("dtype", KEPT_DTYPES + FLOAT_DTYPES)
def test_an_explicit_dtype_overrides_the_rule(dtype):
    assert Tensor([0, 1], dtype=dtype).dtype == dtype
    assert Tensor(np.ones(2), dtype=np.dtype(dtype)).dtype == dtype


@pytest.mark.parametrize("dtype", [*KEPT_DTYPES, "float32"])
def test_an_array_that_needs_no_conversion_is_wrapped_not_copied(dtype):
    array = np.ones((4, 6), dtype)[::2, 1:]
    assert np.shares_memory(Tensor(array).data, array)


def test_a_plain_array_is_not_searched_for_a_mask_because_a_loader_makes_such_tensors_for_each_batch():
    array, called = np.ones((4, 6), np.float32), []
    sys.setprofile(lambda frame, event, _: called.append(frame.f_code.co_name) if event == "call" else None)
    try:
        Tensor(array)
    finally:
        sys.setprofile(None)
    assert "__init__" in called
    assert not [name for name in called if name.startswith("_refuse")]


class WithGaps(np.ndarray):
    """An array of another kind that can mark entries as missing."""

    mask = None


@pytest.mark.parametrize("gaps", [np.ma.masked_array([1.0, 2.0], [False, True]), np.ones(2).view(WithGaps)])
@pytest.mark.parametrize("options", [{}, {"dtype": "float64"}])
def test_a_masked_array_of_any_kind_is_refused_also_in_a_list(gaps, options):
    for data in (gaps, [gaps], [[1.0, 2.0], (gaps,)]):
        with pytest.raises(TypeError, match="masked array"):
            Tensor(data, **options)


def test_a_memory_mapped_array_is_wrapped_without_reading_it(tmp_path):
    mapped = np.lib.format.open_memmap(tmp_path / "images.npy", mode="w+", dtype=np.uint8, shape=(10, 3))
    tensor = Tensor(mapped)
    assert np.shares_memory(tensor.data, mapped)
    assert tensor[2].dtype == np.uint8


def test_a_tensor_of_a_tensor_shares_its_array():
    inner = Tensor([1.0, 2.0])
    assert np.shares_memory(Tensor(inner).data, inner.data)


@pytest.mark.parametrize("data", ["seven", None, ["a"], {"x": 1}, [object()], 1j])
def test_what_is_not_a_number_raises_type_error(data):
    with pytest.raises(TypeError, match="bools, integers or floats"):
        Tensor(data)


def test_lists_of_unequal_length_raise_value_error():
    with pytest.raises(ValueError, match="inhomogeneous"):
        Tensor([[1, 2], [3]])


def test_requires_grad_is_stored_and_grad_starts_empty():
    assert Tensor([1.0]).requires_grad is False
    assert Tensor([1.0], requires_grad=True).requires_grad is True
    assert Tensor([1.0], requires_grad=True).grad is None


# What it says about itself


@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 4), (2, 3, 4, 5)])
def test_shape_ndim_size_and_len_are_those_of_the_array(shape):
    tensor = Tensor(np.ones(shape))
    assert tensor.shape == shape
    assert tensor.ndim == len(shape)
    assert tensor.size == np.prod(shape)
    if shape:
        assert len(tensor) == shape[0]


def test_a_single_number_has_no_length_and_cannot_be_iterated():
    with pytest.raises(TypeError):
        len(Tensor(1.0))
    with pytest.raises(TypeError):
        iter(Tensor(1.0))


def test_repr_shows_numbers_dtype_and_requires_grad():
    assert repr(Tensor([1.5, 2.0])) == "Tensor([1.5, 2. ], dtype=float32)"
    assert repr(Tensor(3)) == "Tensor(3, dtype=int64)"
    assert repr(Tensor([1.0], requires_grad=True)) == "Tensor([1.], dtype=float32, requires_grad=True)"
    assert len(repr(Tensor(np.zeros(10**6)))) < 200


def test_numpy_gives_the_array_itself():
    tensor = Tensor([1.0])
    assert tensor.numpy() is tensor.data


@pytest.mark.parametrize(("data", "kind"), [(1.5, float), ([[2]], int), (True, bool)])
def test_item_gives_a_python_number(data, kind):
    assert type(Tensor(data).item()) is kind


def test_item_of_several_elements_raises_value_error():
    with pytest.raises(ValueError, match="size 1"):
        Tensor([1, 2]).item()


def test_numpy_reads_a_tensor_without_a_copy_and_copies_when_asked_to():
    tensor = Tensor([1.0, 2.0])
    assert np.shares_memory(np.asarray(tensor), tensor.data)
    assert not np.shares_memory(np.array(tensor), tensor.data)
    assert not np.shares_memory(np.asarray(tensor, dtype=np.float64), tensor.data)
    assert np.asarray(tensor, dtype=np.int64).tolist() == [1, 2]


def test_numpy_functions_take_tensors():
    assert np.stack([Tensor([1, 2]), Tensor([3, 4])]).tolist() == [[1, 2], [3, 4]]
    assert np.exp(Tensor([0.0])).dtype == np.float32


def test_a_list_of_0d_tensors_reads_like_a_list_of_numbers():
    assert np.mean([Tensor(1.0), Tensor(2.0)]) == 1.5
    assert Tensor([Tensor(1), Tensor(2)]).dtype == np.int64
    assert Tensor([Tensor(True), Tensor(False)]).data.tolist() == [True, False]
    assert (float(Tensor([2.5])), int(Tensor([[7]]))) == (2.5, 7)


@pytest.mark.skipif(int(np.__version__.split(".")[0]) < 2, reason="NumPy 1 has no copy=False that raises")
def test_a_forbidden_copy_raises_value_error():
    with pytest.raises(ValueError, match="copy"):
        np.asarray(Tensor([1.0]), dtype=np.float64, copy=False)


# Operators


@pytest.mark.parametrize("op", ARITHMETIC)
@given(arrays=broadcastable_arrays())
def test_arithmetic_and_broadcasting_agree_with_numpy(op, arrays):
    a, b = arrays
    with np.errstate(all="ignore"):
        want = op(a, b)
        got = op(Tensor(a, dtype=np.float64), Tensor(b, dtype=np.float64))
    assert got.dtype == np.float64
    assert isinstance(got.data, np.ndarray)
    np.testing.assert_array_equal(got.data, want, strict=True)


@pytest.mark.parametrize("op", COMPARISONS)
@given(arrays=broadcastable_arrays(dtype=np.float32))
def test_comparisons_agree_with_numpy_and_give_bools(op, arrays):
    a, b = arrays
    got = op(Tensor(a), Tensor(b))
    assert got.dtype == np.bool_
    np.testing.assert_array_equal(got.data, np.asarray(op(a, b)), strict=True)


@pytest.mark.parametrize("op", [*ARITHMETIC, operator.pow, operator.matmul])
def test_an_array_or_list_on_either_side_gives_a_tensor(op):
    a, b = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32), np.array([[2.0, 1.0], [1.0, 3.0]], np.float32)
    for got in [op(Tensor(a), b), op(a, Tensor(b)), op(Tensor(a), b.tolist()), op(a.tolist(), Tensor(b))]:
        assert isinstance(got, Tensor)
        assert got.dtype == np.float32
        np.testing.assert_allclose(got.data, op(a, b))


@pytest.mark.parametrize("op", [*ARITHMETIC, operator.pow])
@pytest.mark.parametrize("number", [3, 2.5, np.float64(2.5), np.int64(3), np.float32(2.5)])
@pytest.mark.parametrize("shape", [(), (2,)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_number_does_not_change_a_float_tensors_dtype(op, number, shape, dtype):
    tensor = Tensor(np.ones(shape), dtype=dtype)
    for got in [op(tensor, number), op(number, tensor)]:
        assert isinstance(got, Tensor)
        assert got.dtype == dtype


@pytest.mark.parametrize(
    ("left", "right", "want"),
    [
        ("float64", "float64", "float64"),
        ("float32", "float64", "float64"),
        ("float32", "int64", "float32"),
        ("uint8", "uint8", "uint8"),
        ("int32", "int32", "int32"),
        ("uint8", "float32", "float32"),
    ],
)
def test_results_keep_the_dtype_of_their_operands(left, right, want):
    assert (Tensor(np.ones(2, left), dtype=left) * Tensor(np.ones(2, right), dtype=right)).dtype == want


def test_whole_numbers_divided_or_met_by_a_float_give_float32():
    assert (Tensor([1, 2]) / Tensor([2, 2])).dtype == np.float32
    assert (Tensor([1, 2]) * 0.5).dtype == np.float32
    assert (Tensor(np.ones(2, np.uint8)) / 255).dtype == np.float32
    assert (Tensor(np.ones(2, np.uint8)) + 1).dtype == np.uint8


def test_negation_and_power():
    assert (-Tensor([1, -2])).data.tolist() == [-1, 2]
    assert (Tensor([4.0, 9.0]) ** 0.5).data.tolist() == [2.0, 3.0]
    assert (2 ** Tensor([1, 3])).data.tolist() == [2, 8]


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.booleans())
def test_the_matrix_product_agrees_with_numpy(n, k, m, batched):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, n, k) if batched else (n, k)), rng.normal(size=(k, m))
    np.testing.assert_array_equal((Tensor(a, dtype=np.float64) @ Tensor(b, dtype=np.float64)).data, a @ b, strict=True)


@pytest.mark.parametrize("op", [operator.add, operator.matmul])
def test_shapes_that_do_not_fit_raise_value_error(op):
    with pytest.raises(ValueError, match=r"broadcast|mismatch"):
        op(Tensor(np.ones((2, 3))), Tensor(np.ones((2, 4))))


def test_operators_leave_their_operands_alone():
    a, b = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    total = a + b
    total.data[:] = 0
    assert (a.data.tolist(), b.data.tolist()) == ([1.0, 2.0], [3.0, 4.0])


def test_tensors_are_dictionary_keys_by_identity():
    one, other = Tensor([1.0]), Tensor([1.0])
    entries = {one: "one", other: "other"}
    one.data[:] = 5
    assert (entries[one], entries[other]) == ("one", "other")


def test_only_one_element_has_a_truth():
    assert bool(Tensor([[2.0]])) is True
    assert not Tensor(0)
    with pytest.raises(ValueError, match="ambiguous"):
        bool(Tensor([1, 1]))


# Indexing


INDICES = [0, -1, np.int64(1), slice(1, None), (0, 1), (slice(None), 2), (..., 0), None, [1, 0], (0, 1, 2)]


@pytest.mark.parametrize("index", INDICES, ids=str)
@pytest.mark.parametrize("dtype", ["float64", "uint8"])
def test_an_index_gives_what_numpy_gives_in_the_same_dtype(index, dtype):
    array = np.arange(24, dtype=dtype).reshape(2, 3, 4)
    got = Tensor(array, dtype=dtype)[index]
    assert isinstance(got, Tensor)
    np.testing.assert_array_equal(got.data, np.asarray(array[index]), strict=True)


@pytest.mark.parametrize("index", [0, slice(0, 2), (slice(None), 1), (..., slice(None, None, -1))], ids=str)
def test_a_basic_index_is_a_view(index):
    tensor = Tensor(np.zeros((3, 4)))
    assert np.shares_memory(tensor[index].data, tensor.data)


def test_a_mask_or_a_tensor_as_index_picks_a_copy():
    tensor = Tensor([1.0, 5.0, 3.0])
    assert tensor[tensor > 2].data.tolist() == [5.0, 3.0]
    assert tensor[Tensor([2, 0])].data.tolist() == [3.0, 1.0]
    assert not np.shares_memory(tensor[[0, 1]].data, tensor.data)


def test_one_number_out_of_a_vector_is_a_0d_tensor():
    got = Tensor([5, 6])[1]
    assert (got.shape, got.item()) == ((), 6)


def test_an_index_out_of_range_raises_index_error():
    with pytest.raises(IndexError):
        Tensor([1, 2])[2]


def test_iteration_gives_views_of_the_rows():
    tensor = Tensor([[1, 2], [3, 4]])
    rows = list(tensor)
    assert [row.data.tolist() for row in rows] == [[1, 2], [3, 4]]
    assert all(np.shares_memory(row.data, tensor.data) for row in rows)


# Reductions and shapes


@pytest.mark.parametrize("name", ["sum", "mean", "max"])
@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2)])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_reductions_agree_with_numpy_and_keep_a_float_dtype(name, axis, keepdims, dtype):
    array = np.random.default_rng(0).normal(size=(2, 3, 4)).astype(dtype)
    got = getattr(Tensor(array, dtype=dtype), name)(axis=axis, keepdims=keepdims)
    want = np.asarray(getattr(array, name)(axis=axis, keepdims=keepdims))
    assert isinstance(got.data, np.ndarray)
    np.testing.assert_array_equal(got.data, want, strict=True)


@pytest.mark.parametrize("dtype", KEPT_DTYPES)
def test_integers_and_bools_sum_to_int64_average_to_float32_and_keep_their_max(dtype):
    tensor = Tensor(np.ones(300, dtype))
    assert (tensor.sum().dtype, tensor.sum().item()) == (np.int64, 300)
    assert (tensor.mean().dtype, tensor.mean().item()) == (np.float32, 1.0)
    assert tensor.max().dtype == dtype


@pytest.mark.parametrize("shape", [(2, 12), (2, -1), ((3, 8),), (-1,), ((2, 3, -1),)], ids=str)
def test_reshape_takes_lengths_or_a_tuple_and_shares_memory(shape):
    array = np.arange(24, dtype=np.float64).reshape(4, 6)
    got = Tensor(array, dtype=np.float64).reshape(*shape)
    np.testing.assert_array_equal(got.data, array.reshape(*shape), strict=True)
    assert np.shares_memory(got.data, array)


def test_a_shape_that_does_not_fit_raises_value_error():
    with pytest.raises(ValueError, match="reshape"):
        Tensor([1, 2, 3]).reshape(2, 2)


@pytest.mark.parametrize(("axes", "want"), [((), (2, 4, 3)), ((0, 1), (3, 2, 4)), ((-1, 0), (4, 3, 2))])
def test_transpose_swaps_two_axes_the_last_two_by_default(axes, want):
    tensor = Tensor(np.ones((2, 3, 4)), dtype=np.float64)
    assert tensor.transpose(*axes).shape == want
    assert tensor.transpose(*axes).dtype == np.float64
    assert np.shares_memory(tensor.transpose(*axes).data, tensor.data)


def test_transposing_a_vector_raises_value_error():
    with pytest.raises(ValueError, match="axis"):
        Tensor([1, 2]).transpose()
