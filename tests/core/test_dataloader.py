import pickle
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinytorch.core.dataloader import (
    Compose,
    DataLoader,
    Dataset,
    RandomCrop,
    RandomHorizontalFlip,
    TensorDataset,
    _height_width_axes,
)
from tinytorch.core.tensor import Tensor
from tinytorch.profiling import CountingDataset

sizes, batch_sizes = st.integers(0, 70), st.integers(1, 80)


@given(sizes, batch_sizes, st.booleans())
def test_an_epoch_holds_every_sample_once_in_len_batches(samples, batch_size, shuffle):
    loader = DataLoader(TensorDataset(Tensor(np.arange(samples))), batch_size, shuffle)
    batches = [batch.data for (batch,) in loader]
    assert len(batches) == len(loader)
    assert all(len(batch) == batch_size for batch in batches[:-1])
    seen = np.concatenate(batches) if batches else np.array([], int)
    assert sorted(seen.tolist()) == list(range(samples))
    if not shuffle:
        assert seen.tolist() == list(range(samples))


def an_array(samples, shape, dtype, layout, seed):
    """Return random bytes as an array whose samples lie in one of several ways."""
    whole = np.random.default_rng(seed).integers(0, 2, (samples, *shape)).astype(dtype)
    if layout == "transposed":
        return np.ascontiguousarray(whole.T).T
    if layout == "every other":
        return np.repeat(whole, 2, axis=0)[::2]
    return whole


@settings(deadline=None)
@given(
    st.integers(0, 40),
    batch_sizes,
    st.booleans(),
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 4), max_size=3),
            st.sampled_from(["float16", "float32", "float64", "uint8", "int16", "int64", "bool"]),
            st.sampled_from(["in order", "transposed", "every other"]),
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_whole_batches_are_those_of_single_samples_to_the_bit(samples, batch_size, shuffle, kinds):
    arrays = [an_array(samples, *kind, seed) for seed, kind in enumerate(kinds)]
    dataset = TensorDataset(*[Tensor(array, dtype=array.dtype) for array in arrays])
    epochs = [
        list(DataLoader(each, batch_size, shuffle, generator=np.random.default_rng(5)))
        for each in (dataset, CountingDataset(dataset))
    ]
    assert len(epochs[0]) == len(epochs[1])
    for at_once, one_by_one in zip(*epochs, strict=True):
        for ours, plain in zip(at_once, one_by_one, strict=True):
            assert ours.data.dtype == plain.data.dtype
            assert ours.data.flags.c_contiguous
            assert ours.data.tobytes() == plain.data.tobytes()
            assert not any(np.shares_memory(ours.data, array) for array in arrays)


@pytest.mark.parametrize("shuffle", [False, True])
def test_a_dataset_that_gives_batches_is_asked_for_no_sample(shuffle):
    class Watched(TensorDataset):
        def __getitem__(self, index):
            raise AssertionError("a single sample was asked for")

        def get_batch(self, indices):
            return super().get_batch(indices)

    assert len(list(DataLoader(Watched(Tensor(np.arange(10))), 4, shuffle))) == 3


def test_who_inherits_get_batch_and_changes_samples_or_collating_is_not_passed_over():
    class Doubled(TensorDataset):
        def __getitem__(self, index):
            return tuple(Tensor(2 * value.data) for value in super().__getitem__(index))

    class Lists(DataLoader):
        def _collate_batch(self, batch):
            return [value.item() for (value,) in batch]

    numbers = Tensor(np.arange(4))
    assert [batch.data.tolist() for (batch,) in DataLoader(Doubled(numbers), 3)] == [[0, 2, 4], [6]]
    assert list(Lists(TensorDataset(numbers), 3)) == [[0, 1, 2], [3]]


@settings(deadline=None)
@given(
    st.sampled_from([np.float32, np.uint8, np.int64, bool]), st.lists(st.integers(0, 4), max_size=3), st.integers(1, 9)
)
def test_collating_is_stacking_for_every_dtype_and_shape(dtype, shape, count):
    arrays = [np.random.default_rng(i).integers(0, 2, shape).astype(dtype) for i in range(count)]
    (batch,) = DataLoader([0], 1)._collate_batch([Tensor(array) for array in arrays])
    assert batch.data.dtype == dtype
    assert batch.data.flags.c_contiguous
    assert np.array_equal(batch.data, np.stack(arrays))


def test_transposed_images_are_brought_into_c_order():
    images = [np.arange(12.0, dtype=np.float32).reshape(3, 4).T for _ in range(2)]
    (batch,) = DataLoader(images, 2)._collate_batch(images)
    assert batch.data.flags.c_contiguous
    assert np.array_equal(batch.data, np.stack(images))


def test_without_a_generator_numpys_global_state_is_left_alone():
    random.seed(1)
    before = np.random.get_state()[1].copy()
    list(DataLoader(range(50), 7, shuffle=True))
    assert np.array_equal(before, np.random.get_state()[1])


def test_indices_cost_eight_bytes_each_while_shuffling():
    from tinytorch.profiling import peak_bytes

    peak = peak_bytes(lambda: next(iter(DataLoader(range(1_000_000), 32, shuffle=True))))
    assert 8_000_000 <= peak < 8_200_000


def test_the_classes_can_be_pickled_as_worker_processes_will_need():
    loader = DataLoader(TensorDataset(Tensor([1.0, 2.0])), 2)
    (batch,) = next(iter(pickle.loads(pickle.dumps(loader))))
    assert batch.data.tolist() == [1, 2]


def test_dataset_is_what_tensor_dataset_is():
    assert issubclass(TensorDataset, Dataset)


@pytest.mark.parametrize(
    ("shape", "layout", "axes"),
    [
        ((5, 6), None, (0, 1)),
        ((3, 5, 6), None, (1, 2)),
        ((5, 6, 3), None, (0, 1)),
        ((1, 5, 3), None, (1, 2)),
        ((4, 5, 6), "HWC", (0, 1)),
        ((7, 5, 6), "CHW", (1, 2)),
    ],
)
def test_the_layout_says_which_axes_are_height_and_width(shape, layout, axes):
    assert _height_width_axes(shape, layout) == axes


@pytest.mark.parametrize(
    ("shape", "layout"), [((5, 6, 7), None), ((5,), None), ((2, 3, 4, 5), None), ((5, 6), "CHW"), ((5, 6), "WH")]
)
def test_a_layout_that_does_not_fit_is_refused(shape, layout):
    with pytest.raises(ValueError, match="does not fit layout"):
        _height_width_axes(shape, layout)


def test_all_81_offsets_of_a_padded_image_occur():
    image = np.arange(1, 32 * 32 + 1).reshape(32, 32)
    crop = RandomCrop(32, padding=4, generator=np.random.default_rng(0))
    assert len({crop(image).tobytes() for _ in range(2000)}) == 81


def test_a_transform_chain_keeps_kind_dtype_and_shape():
    transform = Compose([RandomHorizontalFlip(), RandomCrop(8, padding=2)])
    for image in (np.ones((3, 8, 8), np.uint8), Tensor(np.ones((3, 8, 8), np.float64), dtype=np.float64)):
        out = transform(image)
        assert type(out) is type(image)
        assert (out.shape, out.dtype) == (image.shape, image.dtype)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: TensorDataset(np.ones((4, 3)), np.arange(4)), TypeError),
        (lambda: TensorDataset(Tensor([1]), [1]), TypeError),
        (lambda: TensorDataset(np.ma.masked_array([1.0])), TypeError),
        (lambda: RandomHorizontalFlip(layout="typo"), ValueError),
        (lambda: RandomCrop(4, layout="typo"), ValueError),
        (lambda: RandomCrop(4, padding=-1), ValueError),
        (lambda: RandomCrop(4, padding=1.5), ValueError),
        (lambda: RandomCrop((4, 4, 3)), ValueError),
        (lambda: RandomCrop(4.0), ValueError),
        (lambda: RandomCrop((4, 0)), ValueError),
        (lambda: RandomCrop(True), ValueError),
    ],
)
def test_a_mistaken_argument_is_refused_when_the_object_is_made(make, error):
    with pytest.raises(error, match=r"Tensor\(\.\.\.\)|^layout must be|^padding must be|^size must be"):
        make()


def test_sizes_of_numpy_are_taken_too():
    for size in (np.int64(2), (np.int64(2), 2), np.array([2, 2]), [2, 2]):
        assert RandomCrop(size, padding=np.int64(0))(np.ones((3, 3))).shape == (2, 2)


@pytest.mark.parametrize("gap", [np.ma.masked, np.ma.masked_array([1.0, 2.0], [False, True])])
def test_a_batch_of_masked_arrays_is_told_to_fill_them(gap):
    for samples in ([(gap, 0), (gap, 1)], [gap, gap], [(0, [gap])]):
        with pytest.raises(TypeError, match="fill them first"):
            next(iter(DataLoader(samples, 2)))


def test_labels_beyond_int64_are_refused_not_rounded():
    with pytest.raises(OverflowError, match="int64 can't hold 9223372036854775808"):
        next(iter(DataLoader([(0.5, 2**63), (0.5, 1)], 2)))


@pytest.mark.parametrize("transform", [RandomHorizontalFlip(0.0), RandomHorizontalFlip(1.0), RandomCrop(1, padding=0)])
def test_a_transform_refuses_a_masked_image_because_its_gaps_would_become_pixels(transform):
    with pytest.raises(TypeError, match=r"filled\(value\)"):
        transform(np.ma.array(np.ones((2, 2)), mask=[[0, 1], [0, 0]]))


@pytest.mark.parametrize("indices", [[True, False], [0.5], np.array([1.0]), ["0"]])
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_batch_is_asked_for_by_integers_whatever_the_order_in_memory(indices, order):
    dataset = TensorDataset(Tensor(np.ones((2, 3), order=order)))
    with pytest.raises(TypeError, match="integers"):
        dataset.get_batch(indices)
    assert dataset.get_batch([])[0].shape == (0, 3)


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_whole_batch_has_the_byte_order_of_stacked_samples(order):
    dataset = TensorDataset(Tensor(np.array([[1, 2], [3, 4]], ">i4", order=order)))
    for indices in ([0, 1], slice(0, 2)):
        got = dataset.get_batch(indices)[0].data
        assert (got.dtype, got.tolist()) == (np.dtype("int32"), [[1, 2], [3, 4]])
        assert got.flags.c_contiguous
        assert got.flags.owndata
