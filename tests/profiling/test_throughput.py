import numpy as np
import pytest

from tinytorch.profiling import seconds_per_call, throughput


class Batches:
    def __init__(self, sizes):
        self.sizes, self.passes = sizes, 0

    def __iter__(self):
        self.passes += 1
        for size in self.sizes:
            yield np.zeros((size, 3)), np.zeros(size)


def test_samples_and_batches_of_one_pass_are_counted():
    measured = throughput(Batches([32, 32, 4]))
    assert (measured.samples, measured.batches) == (68, 3)
    assert measured.samples_per_second == measured.samples / measured.seconds
    assert measured.batches_per_second == measured.batches / measured.seconds
    assert "68 samples in 3 batches" in str(measured)


def test_as_many_passes_are_timed_as_were_asked_for():
    batches = Batches([8])
    throughput(batches, passes=4)
    assert batches.passes == 4


def test_a_generator_is_timed_once():
    assert throughput(iter(Batches([8, 8]))).samples == 16


def test_a_pass_can_be_cut_short_without_making_further_batches():
    made = []

    def endless():
        while True:
            made.append(1)
            yield np.zeros((10, 2))

    assert throughput(endless(), max_batches=3).samples == 30
    assert len(made) == 3


def test_nothing_to_time_is_an_error():
    with pytest.raises(ValueError, match="no batch to time"):
        throughput([])


def test_pytorchs_loader_is_an_iterable_of_batches_too():
    torch = pytest.importorskip("torch")
    data = torch.utils.data.TensorDataset(torch.zeros(70, 4), torch.zeros(70))
    measured = throughput(torch.utils.data.DataLoader(data, batch_size=32))
    assert (measured.samples, measured.batches) == (70, 3)


def test_work_that_is_done_ten_times_takes_longer_than_once():
    def work(times):
        return lambda: [sum(range(1000)) for _ in range(times)]

    assert seconds_per_call(work(10)) > 2 * seconds_per_call(work(1))
