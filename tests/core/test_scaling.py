"""Module 10's export: threads and processes that load beside the training, held against one that does not."""

import multiprocessing
import os
import pickle
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from multiprocessing import resource_tracker
from pathlib import Path

import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinytorch
from tinytorch import (
    SGD,
    CrossEntropyLoss,
    DataLoader,
    Dropout,
    Linear,
    RandomHorizontalFlip,
    SampleError,
    ScalingLoader,
    Sequential,
    ShardedSampler,
    Tensor,
    TensorDataset,
    Trainer,
    pad_collate,
    prefetch,
)
from tinytorch.core.scaling import _from_block, _new_names, _remove_block, _to_block
from tinytorch.datasets import split_digits
from tinytorch.profiling import CountingDataset, peak_bytes


class Noisy:
    """Samples of chance, from both global sources."""

    def __init__(self, length=23):
        self.length = length

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        return np.array([index, random.random(), np.random.random()], np.float64), index


class Broken(Noisy):
    """Sample 11 cannot be had."""

    def __getitem__(self, index):
        if index == 11:
            raise OSError("unreadable file")
        return super().__getitem__(index)


class Steady(Noisy):
    """Samples without chance, of any shape and dtype; one of them may be broken."""

    def __init__(self, length, shape=(2,), kind="int64", broken=None):
        super().__init__(length)
        self.shape, self.kind, self.broken = shape, kind, broken

    def __getitem__(self, index):
        if index == self.broken:
            raise OSError("unreadable file")
        return np.full(self.shape, index % 2, self.kind), index


class Slow(Noisy):
    """A sample takes half a minute, but for the first ones."""

    def __getitem__(self, index):
        time.sleep(0 if index < 4 else 30)
        return super().__getitem__(index)


def bits(batches):
    return [[(part.data.dtype.str, part.data.shape, part.data.tobytes()) for part in batch] for batch in batches]


def alive():
    """Threads, processes below this one and its blocks, as sets."""
    resource_tracker.ensure_running()
    blocks = {path.name for path in Path("/dev/shm").glob(f"tt_{os.getpid()}_*")}
    return set(threading.enumerate()), {child.pid for child in psutil.Process().children(recursive=True)}, blocks


@pytest.fixture(autouse=True)
def nothing_is_left():
    before = alive()
    yield
    assert alive() == before


# The same batches


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("num_workers", [1, 2, 3, 5])
def test_any_number_of_workers_gives_the_same_batches_to_the_bit(num_workers, shuffle):
    alone = ScalingLoader(Noisy(), 4, shuffle, seed=7)
    loader = ScalingLoader(Noisy(), 4, shuffle, seed=7, num_workers=num_workers)
    for _ in range(3):
        assert bits(loader) == bits(alone)


def test_epochs_differ_in_order_and_in_chance():
    loader = ScalingLoader(Noisy(), 23, shuffle=True)
    (first, indices), (second, others) = (next(iter(loader)) for _ in range(2))
    assert indices.data.tolist() != others.data.tolist()
    by_index = [batch.data[np.argsort(batch.data[:, 0])] for batch in (first, second)]
    assert not np.intersect1d(by_index[0][:, 1:], by_index[1][:, 1:]).size


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 30), st.integers(1, 9), st.booleans(), st.integers(0, 5), st.integers(1, 4))
def test_a_sample_is_the_same_in_whatever_batch(length, batch_size, shuffle, epoch, ranks):
    def rows(loader):
        return {int(row[0]): row.tobytes() for batch in loader._batches(epoch) for row in batch}

    def collate(samples):
        return np.stack([sample[0] for sample in samples])

    one = rows(ScalingLoader(Noisy(length), 1, collate_fn=collate))
    shards = [ShardedSampler(length, rank, ranks, shuffle) for rank in range(ranks)]
    shared = [rows(ScalingLoader(Noisy(length), batch_size, collate_fn=collate, sampler=shard)) for shard in shards]
    assert sum(map(len, shared)) == len(one) == length
    assert {index: row for part in shared for index, row in part.items()} == one


def test_the_loop_around_it_keeps_its_own_chance():
    def draws(num_workers):
        random.seed(1), np.random.seed(1)
        return [(random.random(), np.random.random()) for _ in ScalingLoader(Noisy(), 5, num_workers=num_workers)]

    random.seed(1), np.random.seed(1)
    expected = [(random.random(), np.random.random()) for _ in range(5)]
    assert draws(0) == draws(2) == expected


@settings(max_examples=30, deadline=None)
@given(
    samples=st.integers(0, 40),
    batch_size=st.integers(1, 9),
    row=st.lists(st.integers(1, 3), max_size=2),
    kind=st.sampled_from(["float32", "uint8", "int64", "bool"]),
    shuffle=st.booleans(),
    first=st.integers(0, 3),
)
def test_whole_batches_of_a_dataset_are_those_of_its_samples_to_the_bit(samples, batch_size, row, kind, shuffle, first):
    rows = np.random.default_rng(0).integers(0, 2, (samples, *row)).astype(kind)
    dataset = TensorDataset(Tensor(rows), Tensor(np.arange(samples)))
    at_once, one_by_one = (
        ScalingLoader(each, batch_size, shuffle, seed=3) for each in (dataset, CountingDataset(dataset))
    )
    for epoch in (0, 1):
        assert bits(at_once._batches(epoch, first)) == bits(one_by_one._batches(epoch, first))


@pytest.mark.parametrize("num_workers", [0, 2])
def test_whole_batches_come_through_workers_and_ranks(num_workers):
    dataset = TensorDataset(Tensor(np.arange(60.0).reshape(20, 3)), Tensor(np.arange(20)))
    for rank in (0, 1):
        sampler = ShardedSampler(20, rank, 2, seed=1)
        loaders = [
            ScalingLoader(each, 3, sampler=sampler, num_workers=workers)
            for each, workers in ((dataset, num_workers), (CountingDataset(dataset), 0))
        ]
        assert bits(loaders[0]) == bits(loaders[1])


def test_a_dataset_that_gives_whole_batches_is_asked_for_nothing_else():
    asked = []

    class Squares:
        def __len__(self):
            return 10

        def __getitem__(self, index):
            raise AssertionError(f"asked for sample {index}")

        def get_batch(self, indices):
            asked.append(indices.tolist())
            return (indices**2,)

    chance = random.getstate(), np.random.get_state()[1].tolist()
    batches = ScalingLoader(Squares(), 4)._batches(0)
    assert asked == []
    assert next(batches)[0].data.tolist() == [0, 1, 4, 9]
    assert asked == [[0, 1, 2, 3]]
    assert [batch[0].data.tolist() for batch in batches] == [[16, 25, 36, 49], [64, 81]]
    assert (random.getstate(), np.random.get_state()[1].tolist()) == chance


def test_who_changes_samples_or_collating_is_asked_for_samples():
    class Doubled(TensorDataset):
        def __getitem__(self, index):
            return tuple(Tensor(2 * value.data) for value in super().__getitem__(index))

    class Sums(ScalingLoader):
        def _collate_batch(self, batch):
            return sum(int(value.data) for (value,) in batch)

    numbers = Tensor(np.arange(4))
    assert [batch[0].data.tolist() for batch in ScalingLoader(Doubled(numbers), 4)] == [[0, 2, 4, 6]]
    assert list(Sums(TensorDataset(numbers), 2)) == [1, 5]
    assert list(ScalingLoader(TensorDataset(numbers), 2, collate_fn=len)) == [2, 2]
    assert list(ScalingLoader([5, 6, 7], 2, collate_fn=sum)) == [11, 7]


@pytest.mark.parametrize("num_workers", [0, 2])
def test_a_sample_that_makes_a_whole_batch_fail_is_named(num_workers):
    class Rotten(Broken):
        def get_batch(self, indices):
            return Tensor(np.stack([self[index][0] for index in indices.tolist()])), Tensor(indices)

    with pytest.raises(SampleError, match="unreadable file") as failed:
        list(ScalingLoader(Rotten(), 4, num_workers=num_workers))
    assert failed.value.index == 11


def test_a_get_batch_that_fails_where_no_sample_does_is_named_with_its_indices():
    class Unfinished(Noisy):
        def get_batch(self, indices):
            raise NotImplementedError("to do")

    with pytest.raises(SampleError, match="to do") as failed:
        list(ScalingLoader(Unfinished(3), 2))
    assert failed.value.index == [0, 1]


def test_without_chance_it_gives_what_the_dataloader_gives():
    rows = TensorDataset(Tensor(np.arange(30.0).reshape(10, 3)), Tensor(np.arange(10)))
    assert bits(ScalingLoader(rows, 4, num_workers=2)) == bits(DataLoader(rows, 4))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 60), st.integers(1, 9), st.integers(0, 4), st.booleans())
def test_all_ranks_together_have_every_sample_once(samples, world_size, epoch, shuffle):
    shares = []
    for rank in range(world_size):
        sampler = ShardedSampler(samples, rank, world_size, shuffle, seed=3)
        sampler.set_epoch(epoch)
        shares.append(list(sampler))
        assert len(sampler) == len(shares[-1])
    assert sorted(index for share in shares for index in share) == list(range(samples))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


# Threads


WAYS = ({"num_workers": 0}, {"num_workers": 2, "workers": "threads"}, {"num_workers": 2})


def taken_from(loader, first, until):
    """The bits of the batches of epoch 1 from `first` on, until a loop is left or fails; its error, and the state."""
    loader.load_state_dict({**loader.state_dict(), "epoch": 1, "batch": min(first, len(loader))})
    batches, error = [], None
    try:
        for batch in loader:
            batches += bits([batch])
            if len(batches) == until:
                break
    except SampleError as failed:
        error = failed.index, "unreadable file" in str(failed)
    return batches, error, loader.state_dict()


@settings(max_examples=20, deadline=None)
@given(
    length=st.integers(0, 30),
    batch_size=st.integers(1, 7),
    shape=st.lists(st.integers(0, 3), max_size=2),
    kind=st.sampled_from(["float32", "uint8", "bool"]),
    shuffle=st.booleans(),
    ahead=st.integers(1, 3),
    first=st.integers(0, 4),
    until=st.integers(1, 9),
    broken=st.one_of(st.none(), st.integers(0, 30)),
)
def test_threads_and_processes_give_what_a_loader_without_them_gives(
    length, batch_size, shape, kind, shuffle, ahead, first, until, broken
):
    before = alive()
    dataset = Steady(length, shape, kind, broken)
    got = [taken_from(ScalingLoader(dataset, batch_size, shuffle, ahead=ahead, **way), first, until) for way in WAYS]
    assert got[1] == got[0]
    assert got[2] == got[0]
    assert alive() == before


def test_threads_ask_a_dataset_for_whole_batches():
    rows = TensorDataset(Tensor(np.arange(60.0).reshape(20, 3)), Tensor(np.arange(20)))
    want = bits(DataLoader(rows, 3))
    asked = CountingDataset(rows)
    assert bits(ScalingLoader(rows, 3, num_workers=2, workers="threads")) == want
    assert bits(ScalingLoader(asked, 3, num_workers=2, workers="threads")) == want


def test_threads_work_at_the_same_time_and_the_process_has_no_other():
    both = threading.Barrier(2)  # lets nobody pass before two wait

    class Meeting(Steady):
        def __getitem__(self, index):
            if index > 0:  # the first batch is made without threads
                both.wait(20)
            return np.array([threading.get_ident(), os.getpid()])

    loader = ScalingLoader(Meeting(9), 1, num_workers=2, workers="threads")
    places = np.concatenate([batch.data for (batch,) in loader])
    assert len(set(places[1:, 0].tolist())) == 2
    assert set(places[:, 1].tolist()) == {os.getpid()}


def test_samples_of_chance_are_refused_where_threads_would_share_it():
    random.seed(1), np.random.seed(1)
    expected = random.random(), np.random.random()
    random.seed(1), np.random.seed(1)
    with pytest.raises(RuntimeError, match="workers='processes'"):
        list(ScalingLoader(Noisy(), 5, num_workers=2, workers="threads"))
    assert (random.random(), np.random.random()) == expected


def test_a_loop_around_threads_keeps_its_own_chance():
    random.seed(1), np.random.seed(1)
    expected = [(random.random(), np.random.random()) for _ in range(6)]
    random.seed(1), np.random.seed(1)
    loader = ScalingLoader(Steady(12), 2, num_workers=3, workers="threads")
    assert [(random.random(), np.random.random()) for _ in loader] == expected


def test_workers_are_processes_or_threads():
    with pytest.raises(ValueError, match="'processes' or 'threads'"):
        ScalingLoader(Steady(2), 1, workers="fibres")


def test_close_and_two_loops_at_once_with_threads():
    loader = ScalingLoader(Steady(20), 2, True, num_workers=2, workers="threads")
    alone = ScalingLoader(Steady(20), 2, True)
    expected = [bits(alone), bits(alone)]
    assert [bits(pair) for pair in zip(*zip(loader, loader, strict=True), strict=True)] == expected
    streams = [iter(loader), iter(loader)]
    for stream in streams:
        next(stream), next(stream)
    loader.close()
    assert [next(stream, "ended") for stream in streams] == ["ended"] * 2


def test_threads_where_processes_cannot_be_forked(monkeypatch):
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    assert len(list(ScalingLoader(Steady(6), 2, num_workers=2, workers="threads"))) == 3


def test_a_loop_left_to_its_threads_does_not_keep_the_process_alive():
    script = (
        "import numpy as np\nfrom tinytorch import ScalingLoader\n"
        "kept = iter(ScalingLoader(range(100), 2, collate_fn=list, num_workers=2, workers='threads'))\n"
        "print(next(kept), next(kept))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=30)
    assert (run.returncode, run.stdout, run.stderr) == (0, "[0, 1] [2, 3]\n", "")


# Stop and go on


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 40), st.integers(1, 5), st.integers(0, 3), st.booleans())
def test_a_sampler_gives_its_order_as_an_array_too(samples, world_size, epoch, shuffle):
    sampler = ShardedSampler(samples, 0, world_size, shuffle, seed=2)
    sampler.set_epoch(epoch)
    assert sampler.order().dtype == np.int64
    assert sampler.order().tolist() == list(sampler)


def test_a_plan_of_a_million_samples_makes_no_python_int_of_each():
    loader = ScalingLoader(range(1_000_000), 1000)
    assert peak_bytes(lambda: loader._plan(0)) < 1.1 * 8_000_000

    class Unasked(ShardedSampler):
        def __iter__(self):
            raise AssertionError("asked for one index after the other")

    assert len(ScalingLoader(range(8), 2, sampler=Unasked(8, 0, 1))._plan(0)) == 4


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 6), st.integers(0, 2), st.booleans())
def test_resuming_anywhere_gives_the_rest_to_the_bit(taken, epoch, shuffle):
    whole = ScalingLoader(Noisy(), 4, shuffle, seed=2)
    epochs = [bits(whole) for _ in range(epoch + 2)]
    stopped = ScalingLoader(Noisy(), 4, shuffle, seed=2)
    for _ in range(epoch):
        list(stopped)
    stream = iter(stopped)
    for _ in range(taken):
        next(stream)
    state = stopped.state_dict()
    fresh = ScalingLoader(Noisy(), 4, shuffle, seed=2)
    fresh.load_state_dict(state)
    assert bits(fresh) == epochs[epoch][taken:]
    assert bits(fresh) == epochs[epoch + 1]
    stopped.close()


def test_the_number_of_workers_may_change_between_stop_and_resume():
    want = bits(ScalingLoader(Noisy(), 2, True, seed=4))
    stopped = ScalingLoader(Noisy(), 2, True, seed=4, num_workers=3)
    got = []
    for batch in stopped:
        got += bits([batch])
        if len(got) == 5:
            break
    resumed = ScalingLoader(Noisy(), 2, True, seed=4, num_workers=2)
    resumed.load_state_dict(stopped.state_dict())
    assert got + bits(resumed) == want


def test_a_training_stopped_in_the_middle_of_an_epoch_ends_with_the_same_bits(tmp_path):
    images, labels, _, _ = split_digits()
    flip = RandomHorizontalFlip()

    class Flipped:
        def __len__(self):
            return 320

        def __getitem__(self, index):
            return flip(images[index]).reshape(64), labels[index]

    def start():
        np.random.seed(0)
        model = Sequential(Linear(64, 16), Dropout(0.2), Linear(16, 10))
        trainer = Trainer(model, SGD(model.parameters(), lr=0.1, momentum=0.9), CrossEntropyLoss())
        return trainer, ScalingLoader(Flipped(), 32, True, seed=5, num_workers=2)

    def weights(trainer):
        return [parameter.data.tobytes() for parameter in trainer.model.parameters()]

    whole, loader = start()
    np.random.seed(1)
    for inputs, targets in [*loader, *loader]:
        whole._train_step(inputs, targets)

    first, loader = start()
    np.random.seed(1)
    for number, (inputs, targets) in enumerate(loader, 1):
        first._train_step(inputs, targets)
        if number == 6:
            break
    first.save(tmp_path / "checkpoint")
    state = loader.state_dict()

    second, loader = start()
    second.load(tmp_path / "checkpoint")
    loader.load_state_dict(state)
    for inputs, targets in [*loader, *loader]:
        second._train_step(inputs, targets)
    assert weights(second) == weights(whole)


def test_a_trainer_takes_it_as_it_takes_any_loader():
    images, labels, _, _ = split_digits()
    rows = TensorDataset(Tensor(images[:200].reshape(-1, 64)), Tensor(labels[:200]))

    def history(num_workers):
        np.random.seed(0)
        model = Sequential(Linear(64, 10))
        trainer = Trainer(model, SGD(model.parameters(), lr=0.1), CrossEntropyLoss())
        return trainer.fit(ScalingLoader(rows, 32, True, num_workers=num_workers), epochs=2, progress=False)[
            "train_loss"
        ]

    assert history(2) == history(0)


# Errors


@pytest.mark.parametrize("num_workers", [0, 1, 3])
def test_a_sample_that_fails_is_named_with_its_index_and_traceback(num_workers):
    stream = iter(ScalingLoader(Broken(), 3, num_workers=num_workers))
    taken = [next(stream)[1].data.tolist() for _ in range(3)]
    with pytest.raises(SampleError, match="unreadable file") as caught:
        next(stream)
    assert caught.value.index == 11
    assert "__getitem__" in str(caught.value)
    assert "OSError" in str(caught.value)
    assert taken == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]


@pytest.mark.parametrize("num_workers", [0, 2])
def test_a_batch_that_cannot_be_collated_is_named_with_its_indices(num_workers):
    def collate(samples):
        raise TypeError("what is this?")

    with pytest.raises(SampleError, match="what is this") as caught:
        list(ScalingLoader(Noisy(), 3, num_workers=num_workers, collate_fn=collate))
    assert caught.value.index == [0, 1, 2]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_worker_that_is_killed_is_an_error_and_no_hang(number):
    class Deadly(Noisy):
        def __getitem__(self, index):
            if index == 5:
                os.kill(os.getpid(), number)
            return super().__getitem__(index)

    with pytest.raises(RuntimeError, match=f"exit code -{int(number)}"):
        list(ScalingLoader(Deadly(), 2, num_workers=2))


def test_an_error_leaves_the_loader_fit_for_another_loop():
    loader = ScalingLoader(Broken(), 3, num_workers=2)
    for _ in range(2):
        with pytest.raises(SampleError):
            list(loader)


# Nothing is left


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 8), st.integers(1, 3), st.integers(1, 4))
def test_leaving_a_loop_anywhere_leaves_nothing_behind(taken, num_workers, ahead):
    before = alive()
    for number, _ in enumerate(ScalingLoader(Noisy(), 3, num_workers=num_workers, ahead=ahead), 1):
        if number == taken:
            break
    assert alive() == before


def test_leaving_does_not_wait_for_a_slow_sample():
    begin = time.monotonic()
    for _ in ScalingLoader(Slow(), 2, num_workers=2):
        break
    assert time.monotonic() - begin < 15


def test_close_ends_every_loop_that_is_going_on():
    before = alive()
    loader = ScalingLoader(Noisy(), 2, num_workers=2)
    streams = [iter(loader), iter(loader)]
    for stream in streams:
        next(stream)
    assert len(alive()[1]) == len(before[1]) + 4
    loader.close()
    assert alive() == before
    assert [next(stream, "ended") for stream in streams] == ["ended"] * 2


def test_two_loops_at_once_do_not_disturb_each_other():
    loader = ScalingLoader(Noisy(), 4, True, num_workers=2)
    alone = ScalingLoader(Noisy(), 4, True)
    expected = [bits(alone), bits(alone)]
    got = [bits(pair) for pair in zip(*zip(loader, loader, strict=True), strict=True)]
    assert got == expected


def test_prefetch_around_workers_and_workers_in_a_thread():
    want = bits(ScalingLoader(Noisy(), 4, True))
    assert bits(prefetch(ScalingLoader(Noisy(), 4, True, num_workers=2))) == want
    for _ in prefetch(ScalingLoader(Noisy(), 4, num_workers=2)):
        break


def test_a_batch_that_was_handed_out_stays_as_it_is():
    batches = list(ScalingLoader(Noisy(200), 5, num_workers=3, ahead=4))
    assert [part for _, index in batches for part in index.data.tolist()] == list(range(200))
    batches[0][0].data[:] = -1
    assert batches[1][0].data[0, 0] == 5


def test_blocks_are_used_again_and_again():
    def blocks():
        return {(path.name, path.stat().st_ino) for path in Path("/dev/shm").glob(f"tt_{os.getpid()}_*")}

    batches = iter(ScalingLoader(Noisy(400), 4, num_workers=2, ahead=2))
    held = [next(batches) for _ in range(12)]
    first = blocks()
    held += [next(batches) for _ in range(80)]
    assert blocks() == first
    assert len(first) == (2 + 1) * 2
    batches.close()
    assert [part for _, index in held for part in index.data.tolist()] == list(range(4 * 92))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 5000), min_size=1, max_size=30), st.integers(1, 3), st.integers(1, 3))
def test_batches_of_any_sizes_come_through_the_same_blocks(lengths, num_workers, ahead):
    samples = [np.full(length, number) for number, length in enumerate(lengths)]
    loader = ScalingLoader(samples, 1, num_workers=num_workers, ahead=ahead)
    got = [batch.data[0] for (batch,) in loader]
    assert [each.tolist() for each in got] == [each.tolist() for each in samples]


KILLED = """
import os, signal, sys
import numpy as np
from tinytorch import ScalingLoader

class Rows:
    def __len__(self):
        return 1000
    def __getitem__(self, index):
        return np.full(1000, index)

loader = ScalingLoader(Rows(), 8, num_workers=3, ahead=3)
stream = iter(loader)
next(stream)
print(os.getpid(), flush=True)
{end}
"""


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGKILL)", "sys.exit()", "raise KeyboardInterrupt"])
def test_when_the_training_process_ends_so_do_its_workers_and_blocks(end):
    script = textwrap.dedent(KILLED.format(end=end))
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=30)
    pid = run.stdout.strip()
    give_up = time.monotonic() + 10
    while time.monotonic() < give_up and list(Path("/dev/shm").glob(f"tt_{pid}_*")):
        time.sleep(0.05)
    assert list(Path("/dev/shm").glob(f"tt_{pid}_*")) == []  # and the pipes are closed, or `run` had not returned


# The parts


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=8), st.sampled_from(["uint8", "int64", "float32", "bool"]))
def test_padding_keeps_every_value_and_tells_the_lengths(lengths, kind):
    sequences = [np.ones((length, 2), kind) for length in lengths]
    padded, told = pad_collate(sequences)
    assert padded.data.dtype == kind
    assert padded.shape == (len(lengths), max(lengths), 2)
    assert told.data.tolist() == lengths
    assert [int(row.sum()) for row in padded.data] == [2 * length for length in lengths]


def test_padding_agrees_with_pytorch():
    torch = pytest.importorskip("torch")
    sequences = [np.random.default_rng(length).random((length, 3), np.float32) for length in (4, 1, 7)]
    want = torch.nn.utils.rnn.pad_sequence(
        [torch.tensor(each) for each in sequences], batch_first=True, padding_value=2
    )
    assert (pad_collate(sequences, value=2)[0].data == want.numpy()).all()


def test_padded_batches_come_through_workers():
    class Words(Noisy):
        def __getitem__(self, index):
            return np.arange(index % 5), index

    loaders = [ScalingLoader(Words(), 4, num_workers=count, collate_fn=pad_collate) for count in (0, 2)]
    assert bits(loaders[0]) == bits(loaders[1])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(), st.text(max_size=3)), max_size=9), st.integers(1, 4))
def test_prefetch_gives_what_the_iterable_gives(values, ahead):
    assert list(prefetch(iter(values), ahead)) == values


@pytest.mark.parametrize("error", [OSError("gone"), KeyboardInterrupt(), SystemExit(3)])
def test_prefetch_raises_what_the_iterable_raises(error):
    def source():
        yield 1
        raise error

    stream = prefetch(source())
    assert next(stream) == 1
    with pytest.raises(type(error)) as caught:
        next(stream)
    assert caught.value is error


def test_a_forgotten_prefetch_does_not_keep_the_process_alive():
    script = "import itertools\nfrom tinytorch import prefetch\nkept = prefetch(itertools.count())\nprint(next(kept))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=30)
    assert (run.returncode, run.stdout) == (0, "0\n")


def test_blocks_carry_any_batch():
    batch = {"x": Tensor(np.arange(6.0)), "names": ["a", None], "empty": np.zeros((0, 3)), "nested": (np.eye(2).T,)}
    (name,) = _new_names(1)
    got = _from_block(name, _to_block(name, batch))
    _remove_block(name)
    assert got["x"].data.tolist() == [0, 1, 2, 3, 4, 5]
    assert got["names"] == ["a", None]
    assert got["empty"].shape == (0, 3)
    assert got["nested"][0].tolist() == [[1, 0], [0, 1]]
    assert len(name) + 6 <= 30


def test_a_sample_error_survives_pickling():
    error = pickle.loads(pickle.dumps(SampleError(3, "line\nline")))
    assert error.index == 3
    assert "line\nline" in str(error)


def test_where_processes_cannot_be_forked_it_says_so(monkeypatch):
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    with pytest.raises(RuntimeError, match="num_workers=0"):
        list(ScalingLoader(Noisy(), 2, num_workers=1))


def test_its_names_come_from_the_package():
    for name in ("pad_collate", "prefetch", "ShardedSampler", "SampleError", "ScalingLoader"):
        assert getattr(tinytorch, name).__module__ == "tinytorch.core.scaling"


@pytest.mark.parametrize("name", ["epoch", "batch"])
@pytest.mark.parametrize("value", [1.5, 1.0, "1", None, float("nan")])
def test_a_state_that_is_no_whole_number_is_refused_and_changes_nothing(name, value):
    loader = ScalingLoader([1, 2, 3, 4], 2)
    before = loader.state_dict()
    with pytest.raises(ValueError, match=f"{name} is .* whole number"):
        loader.load_state_dict({**before, name: value})
    assert loader.state_dict() == before
    loader.load_state_dict({**before, name: np.int64(1)})


def test_padding_refuses_what_stacking_refuses():
    gaps = np.ma.array([1.0, -999.0], mask=[0, 1])
    for samples in [[gaps, np.ones(3)], [(np.ones(1), gaps), (np.ones(2), gaps)]]:
        with pytest.raises(TypeError, match=r"filled\(value\)"):
            pad_collate(samples)
    with pytest.raises(OverflowError, match="int64"):
        pad_collate([(np.ones(1), 2**63), (np.ones(2), 1)])
    with pytest.raises(ValueError, match=r"equal lengths; these have \[2, 1\]"):
        pad_collate([(np.ones(1), 1), (np.ones(2),)])


def test_a_sampler_and_a_share_count_in_whole_numbers():
    with pytest.raises(TypeError, match="float"):
        list(ScalingLoader([1, 2], 1, sampler=[0.5, 1]))
    for share in [(4.5, 0, 2), (4, 1.0, 2), (4, 0, 2.0)]:
        with pytest.raises(TypeError, match="float"):
            ShardedSampler(*share)
