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
