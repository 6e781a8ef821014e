import gc

import numpy as np
import pytest

from tinytorch.profiling import CountingDataset, sample_count
from tinytorch.profiling.count import arrays_in


class FreshRows:
    def __len__(self):
        return 10

    def __getitem__(self, index):
        if index >= 10:
            raise IndexError(index)
        return np.full(4, index), index


def test_it_passes_samples_on_and_remembers_which_were_asked_for():
    counted = CountingDataset("abc")
    assert len(counted) == 3
    assert [counted[2], counted[np.int64(0)]] == ["c", "a"]
    assert counted.fetched == [2, 0]


def test_a_sample_is_alive_for_as_long_as_somebody_holds_its_array():
    counted = CountingDataset(FreshRows())
    held = [counted[0], counted[1], counted[2]]
    assert (counted.alive, counted.peak_alive) == (3, 3)
    del held[1:]
    gc.collect()
    assert (counted.alive, counted.peak_alive) == (1, 3)
    held.append(counted[5])
    assert (counted.alive, counted.peak_alive) == (2, 3)


def test_holding_only_the_array_of_a_sample_keeps_it_alive():
    counted = CountingDataset(FreshRows())
    array = counted[3][0]
    gc.collect()
    assert counted.alive == 1
    del array
    gc.collect()
    assert counted.alive == 0


def test_samples_without_arrays_are_fetched_but_never_alive():
    counted = CountingDataset(range(5))
    held = [counted[i] for i in range(5)]
    assert (len(held), counted.alive, counted.peak_alive) == (5, 0, 0)


def test_a_fetch_that_fails_counts_for_nothing():
    counted = CountingDataset(FreshRows())
    with pytest.raises(IndexError):
        counted[10]
    assert counted.fetched == []


class Wrapped:
    def __init__(self, data):
        self.data = data


def test_arrays_are_found_in_tuples_lists_dicts_and_tensors():
    first, second = np.zeros(2), np.ones(3)
    found = list(arrays_in(({"x": [first]}, "text", 7, Wrapped(second))))
    assert found[0] is first
    assert found[1] is second
    assert len(found) == 2


@pytest.mark.parametrize(
    ("batch", "samples"),
    [((np.zeros((5, 2)), np.zeros(5)), 5), ([1, 2, 3], 3), ({"x": np.zeros((4, 1))}, 4), (Wrapped(np.zeros(6)), 6)],
)
def test_a_batch_has_as_many_samples_as_its_first_array_has_rows(batch, samples):
    assert sample_count(batch) == samples
