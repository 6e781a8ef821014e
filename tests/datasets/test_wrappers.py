import pickle
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinytorch.core.dataloader import TensorDataset
from tinytorch.core.tensor import Tensor
from tinytorch.datasets import Cached, Concat, MemmapDataset, Subset, Transformed
from tinytorch.profiling import CountingDataset, kept_bytes

SIZE = 9


@pytest.fixture(scope="module")
def numbers(tmp_path_factory):
    """Nine rows on disk: row i is (i, i, i), with label 10 * i."""
    folder = tmp_path_factory.mktemp("numbers")
    np.save(folder / "rows.npy", np.repeat(np.arange(SIZE, dtype=np.float32), 3).reshape(SIZE, 3))
    np.save(folder / "labels.npy", np.arange(SIZE) * 10)
    return MemmapDataset(folder / "rows.npy", folder / "labels.npy")


def labels_of(dataset):
    return [int(label) for _, label in dataset]


def test_a_subset_has_the_samples_that_its_indices_name(numbers):
    for indices in [[4, 0, 4], np.array([4, 0, 4], np.uint8), (4, 0, 4)]:
        subset = Subset(numbers, indices)
        assert (len(subset), labels_of(subset)) == (3, [40, 0, 40])
    assert labels_of(Subset(numbers, range(7, 1, -3))) == [70, 40]
    assert labels_of(Subset(Subset(numbers, [5, 6, 7]), [2])) == [70]
    assert len(Subset(numbers, [])) == 0


@settings(deadline=None)
@given(data=st.data())
def test_a_batch_of_a_subset_equals_its_stacked_samples_to_the_bit(numbers, data):
    places = st.lists(st.integers(0, SIZE - 1), min_size=1)
    windows = st.slices(SIZE).map(lambda window: range(SIZE)[window])
    subset = Subset(numbers, data.draw(places | windows | windows.map(np.array).filter(len)))
    if data.draw(st.booleans()) and len(subset):
        subset = Subset(subset, data.draw(st.slices(len(subset)).map(lambda window: range(len(subset))[window])))
    window = data.draw(st.slices(len(subset)))
    batches = [(window, range(len(subset))[window])]
    if len(subset):
        order = data.draw(st.lists(st.integers(0, len(subset) - 1)))
        batches.append((np.array(order, np.int64), order))
    for indices, order in batches:
        rows, labels = subset.get_batch(indices)
        samples = [subset[place] for place in order]
        assert np.array_equal(rows, np.array([row for row, _ in samples], np.float32).reshape(-1, 3))
        assert np.array_equal(labels, [label for _, label in samples])
        assert rows.flags.owndata
        assert rows.flags.c_contiguous


class TakesBatches:
    def __len__(self):
        return SIZE

    def __getitem__(self, index):
        return index

    def get_batch(self, indices):
        return (indices,)


def test_a_slice_of_a_range_stays_a_slice():
    backwards = Subset(TakesBatches(), range(8, -1, -2))
    assert backwards.get_batch(slice(None)) == (slice(8, None, -2),)
    assert backwards.get_batch(slice(1, 3)) == (slice(6, 2, -2),)
    assert Subset(backwards, range(3)).get_batch(slice(1, 9)) == (slice(6, 2, -2),)
    assert backwards.get_batch(slice(3, 1)) == (slice(0, 0),)


def test_a_subset_takes_no_index_from_outside(numbers):
    for indices, wrong in [([0, SIZE], SIZE), (range(-1, 3), -1), (range(5, 15), 14), (np.array([-2]), -2)]:
        with pytest.raises(IndexError, match=f"^Index {wrong} out of range for dataset of size {SIZE}$"):
            Subset(numbers, indices)
    for indices in [[0.5], [True], [[1]]]:
        with pytest.raises(TypeError, match="integers"):
            Subset(numbers, indices)
    for subset in [Subset(numbers, [1, 2]), Subset(numbers, range(2))]:
        for index in [-1, 2]:
            with pytest.raises(IndexError, match=f"^Index {index} out of range for dataset of size 2$"):
                subset[index]
            with pytest.raises(IndexError, match=f"^Index {index} out of range for dataset of size 2$"):
                subset.get_batch(np.array([index]))


def test_a_later_change_of_the_indices_changes_no_subset(numbers):
    indices = np.array([1, 2])
    subset = Subset(numbers, indices)
    indices[:] = 8
    assert labels_of(subset) == [10, 20]


def test_only_what_can_fetch_a_whole_batch_says_so(numbers):
    assert hasattr(Subset(numbers, [0]), "get_batch")
    assert not hasattr(Subset([1, 2], [0]), "get_batch")
    for around in [Transformed(numbers, np.sum), Cached(numbers, 100), Concat(numbers)]:
        assert not hasattr(around, "get_batch")
        assert not hasattr(Subset(around, [0]), "get_batch")


def test_concat_goes_through_its_datasets_one_after_the_other(numbers):
    together = Concat(Subset(numbers, []), Subset(numbers, [3]), numbers, Subset(numbers, []), Subset(numbers, [1, 2]))
    assert labels_of(together) == [30, *range(0, 90, 10), 10, 20]
    for index in [-1, 12]:
        with pytest.raises(IndexError, match=f"^Index {index} out of range for dataset of size 12$"):
            together[index]
    with pytest.raises(ValueError, match="at least one dataset"):
        Concat()


def test_transformed_changes_the_first_element_and_keeps_the_rest(numbers):
    halved = Transformed(numbers, lambda row: row / 2)
    assert len(halved) == SIZE
    row, label = halved[5]
    assert (row.tolist(), label) == ([2.5, 2.5, 2.5], 50)
    assert list(Transformed([1, 2], str)) == ["1", "2"]
    tensors = Transformed(TensorDataset(Tensor([1.0, 2.0]), Tensor([3, 4])), lambda value: value * 10)
    assert [value.item() for value in tensors[1]] == [20, 4]


def test_a_cache_asks_once_and_counts(numbers):
    counted = CountingDataset(numbers)
    cached = Cached(counted, 100_000)
    assert len(cached) == SIZE
    for _ in range(3):
        assert labels_of(cached) == list(range(0, 90, 10))
    assert counted.fetched == list(range(SIZE))
    assert (cached.hits, cached.misses) == (2 * SIZE, SIZE)


def test_what_was_not_used_for_longest_leaves_first(numbers):
    counted = CountingDataset(numbers)
    cached = Cached(counted, 100_000)
    cached[0]
    room_for_three = Cached(counted, 3 * cached.kept_bytes)
    counted.fetched.clear()
    for index in [0, 1, 2, 0, 3, 0, 2, 3, 1]:
        room_for_three[index]
    assert counted.fetched == [0, 1, 2, 3, 1]
    assert (room_for_three.hits, room_for_three.misses) == (4, 5)


class Images:
    """A hundred images that are larger and larger: image i has 10 * i kilobytes."""

    def __len__(self):
        return 100

    def __getitem__(self, index):
        return np.full(10_000 * index, index, np.uint8), index


@pytest.mark.parametrize("max_bytes", [0, 1_000_000, 10_000_000])
def test_a_cache_takes_no_more_memory_than_it_may(max_bytes):
    def fill():
        cached = Cached(Images(), max_bytes)
        for index in np.random.default_rng(0).integers(0, 100, 1000):
            image, label = cached[index]
            assert image.size == 10_000 * label
            assert cached.kept_bytes <= max_bytes
        return cached

    held_bytes = kept_bytes(fill)
    assert held_bytes < max_bytes + 200_000  # the interpreter keeps some freed tuples for itself
    assert held_bytes > 0.8 * max_bytes


def test_small_samples_are_counted_with_what_keeping_them_takes():
    def fill():
        cached = Cached(range(10_000), 1_000_000)
        for index in range(1000, 10_000):
            cached[index]
        return cached

    assert 500_000 < kept_bytes(fill) < 1_000_000


def test_a_cached_view_keeps_the_large_array_behind_it_out_of_memory(numbers):
    (row, label), again = Cached(numbers, 1000)[2], Cached(numbers, 1000)
    assert (row.tolist(), label) == ([2, 2, 2], 20)
    assert row.base is None
    assert again[2][0] is again[2][0]


def test_nobody_can_change_what_a_cache_keeps():
    own = np.arange(3)
    cached = Cached([(own, 1)], 1000)
    with pytest.raises(ValueError, match="read-only"):
        cached[0][0][:] = 0
    own += 1  # the dataset's own array stays writable


def test_a_pickled_cache_starts_empty(numbers):
    cached = Cached(numbers, 10_000)
    cached[1]
    again = pickle.loads(pickle.dumps(cached))
    assert (again.hits, again.misses, again.kept_bytes, again.max_bytes) == (0, 0, 0, 10_000)
    assert again[1][1] == 10


def test_threads_share_a_cache_without_losing_count(numbers):
    cached = Cached(Concat(*[numbers] * 20), 20_000)
    wrong = []

    def read(seed):
        for index in np.random.default_rng(seed).integers(0, len(cached), 2000):
            if cached[index][1] != index % SIZE * 10:
                wrong.append(index)

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert cached.hits + cached.misses == 8000
    assert 0 < cached.kept_bytes <= 20_000


def test_a_cache_takes_no_negative_room_and_no_index_from_outside(numbers):
    with pytest.raises(ValueError, match="not below 0; it was -1"):
        Cached(numbers, -1)
    for index in [-1, SIZE]:
        with pytest.raises(IndexError, match=f"^Index {index} out of range for dataset of size {SIZE}$"):
            Cached(numbers, 100)[index]


class Gaps:
    """Two samples, of which the second has a gap, in one of the forms that arrays with gaps take."""

    def __init__(self, gap):
        self.gap = gap

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return (np.zeros(2), 0) if index == 0 else (self.gap, 1)


class ForeignMasked(np.ndarray):
    """As astropy's: arrays with a mask that are none of numpy.ma's."""

    mask = True


MASKED = {
    "an array": np.ma.masked_array([1.0, -999.0], [False, True]),
    "an array without a gap": np.ma.masked_array([1.0, 2.0]),
    "a single gap": np.ma.masked,
    "a structured entry": np.ma.masked_array([(1, 2)], [(True, False)], dtype="i4,i4")[0],
    "an array of another package": np.zeros(2).view(ForeignMasked),
    "in a list": [np.zeros(1), np.ma.masked_array([1.0])],
}


@pytest.mark.parametrize("form", MASKED)
@pytest.mark.parametrize(
    "wrap",
    [
        lambda gaps: Subset(gaps, [0, 1]),
        lambda gaps: Subset(gaps, range(2)),
        lambda gaps: Concat(gaps, gaps),
        lambda gaps: Cached(gaps, 1000),
        lambda gaps: Transformed(gaps, lambda part: part),
    ],
)
def test_a_sample_with_a_masked_array_is_refused_and_says_to_fill_it(form, wrap):
    dataset = wrap(Gaps(MASKED[form]))
    assert dataset[0][1] == 0
    with pytest.raises(TypeError, match=r"^sample 1 has a masked array: fill its gaps first"):
        dataset[1]


def test_a_batch_with_a_masked_array_is_refused_and_says_to_fill_it():
    class Batches(Gaps):
        def get_batch(self, indices):
            return (MASKED["an array"][indices],)

    with pytest.raises(TypeError, match=r"^a batch has a masked array: fill its gaps first, with array\.filled"):
        Subset(Batches(MASKED["an array"]), [0, 1]).get_batch(np.array([0]))


def test_a_transform_may_fill_the_gaps():
    filled = Transformed(Gaps(MASKED["an array"]), lambda part: np.ma.filled(part, 0))
    assert Subset(filled, [1])[0][0].tolist() == [1.0, 0.0]


def test_a_field_named_mask_is_no_mask():
    records = np.rec.array([(1, 2)], dtype=[("mask", "i4"), ("value", "i4")])
    assert Concat(Gaps(records))[1][0] is records


def test_indices_with_gaps_are_refused(numbers):
    indices = np.ma.masked_array([1, 2], [False, True])
    for refuses in [lambda: Subset(numbers, indices), lambda: numbers.get_batch(indices)]:
        with pytest.raises(TypeError, match=r"^indices are a masked array: leave out what is masked"):
            refuses()


@pytest.mark.parametrize("indices", [[2**63, 1], [1, 2**64], [-(2**70)], (1, 2**63 - 1)])
def test_an_index_that_int64_cannot_hold_is_named_to_its_last_digit(numbers, indices):
    wrong = max(indices, key=abs)
    for refuses in [lambda: Subset(numbers, indices), lambda: numbers.get_batch(indices)]:
        with pytest.raises(IndexError, match=f"^Index {wrong} out of range for dataset of size {SIZE}$"):
            refuses()


def test_an_empty_list_of_indices_gives_an_empty_batch(numbers):
    for dataset in [numbers, Subset(numbers, [3, 4])]:
        rows, labels = dataset.get_batch([])
        assert (rows.shape, labels.shape) == ((0, 3), (0,))


@pytest.mark.parametrize("together", [list, tuple])
def test_a_list_of_datasets_is_told_to_be_given_one_by_one(numbers, together):
    with pytest.raises(TypeError, match=r"Concat\(\*datasets\)"):
        Concat(together([numbers, numbers]))
    assert Concat([np.ones(2), np.zeros(2)], ["a"])[2] == "a"  # lists of samples are datasets


@pytest.mark.parametrize(
    "wrap", [lambda d: Subset(d, [0]), Concat, lambda d: Transformed(d, abs), lambda d: Cached(d, 10)]
)
@pytest.mark.parametrize("other", [3, None, iter([1])])
def test_what_is_no_dataset_is_refused_at_once_with_what_it_lacks(wrap, other):
    with pytest.raises(TypeError, match=f"__len__, which {type(other).__name__} lacks"):
        wrap(other)


def test_a_function_that_cannot_be_called_is_refused_at_once(numbers):
    with pytest.raises(TypeError, match="fn must be a function"):
        Transformed(numbers, None)


@pytest.mark.parametrize("room", [float("nan"), "10", None])
def test_the_room_of_a_cache_is_a_number(numbers, room):
    with pytest.raises(ValueError, match="max_bytes must be a number"):
        Cached(numbers, room)
