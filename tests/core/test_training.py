"""The exported training module, on its own: the loop, the record and the checkpoints of real models on real digits."""

import io
import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinytorch.core.training as training
from tinytorch import (
    SGD,
    Adam,
    AdamW,
    CrossEntropyLoss,
    DataLoader,
    Dropout,
    Linear,
    MSELoss,
    ReLU,
    Sequential,
    Tensor,
    TensorDataset,
    Trainer,
)
from tinytorch.core.layers import Layer
from tinytorch.datasets import split_digits
from tinytorch.profiling import CountingDataset, peak_bytes

TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = split_digits()
TRAIN_SET = TensorDataset(Tensor(TRAIN_IMAGES.reshape(-1, 64)), Tensor(TRAIN_LABELS))
TEST_SET = TensorDataset(Tensor(TEST_IMAGES.reshape(-1, 64)), Tensor(TEST_LABELS))


def unseen():
    return DataLoader(TEST_SET, batch_size=128)


def shuffled(dataset=TRAIN_SET, batch_size=32, seed=0):
    return DataLoader(dataset, batch_size, shuffle=True, generator=np.random.default_rng(seed))


def digits_trainer(seed=0, lr=0.2, momentum=0.9, hidden=128):
    np.random.seed(seed)
    model = Sequential(Linear(64, hidden), ReLU(), Linear(hidden, 10))
    return Trainer(model, SGD(model.parameters(), lr=lr, momentum=momentum), CrossEntropyLoss())


def small_trainer(make=lambda p: Adam(p, 0.01), seed=0, hidden=6, dtype=np.float32, layers=1):
    np.random.seed(seed)
    model = Sequential(
        Linear(5, hidden), ReLU(), Dropout(0.2), Linear(hidden, 3), *[Linear(3, 3) for _ in range(layers - 1)]
    )
    for parameter in model.parameters():
        parameter.data = parameter.data.astype(dtype)
    return Trainer(model, make(model.parameters()), CrossEntropyLoss())


def small_batches(samples=11, size=4):
    numbers = np.random.default_rng(1)
    dataset = TensorDataset(Tensor(numbers.normal(size=(samples, 5))), Tensor(numbers.integers(0, 3, samples)))
    return DataLoader(dataset, size)


def everything(trainer):
    """All that a trainer's next epoch depends on, to the last bit, as text."""
    kept = trainer.optimizer.state_dict()
    state = [
        {name: value.tobytes().hex() if isinstance(value, np.ndarray) else value for name, value in entry.items()}
        for entry in kept["state"]
    ]
    parameters = [parameter.data.tobytes().hex() for parameter in trainer.model.parameters()]
    chance = random.getstate(), np.random.get_state(legacy=False)
    return repr((parameters, kept["settings"], state, trainer.history, chance))


# The digits


@pytest.mark.parametrize("seed", range(5))
def test_an_mlp_learns_the_digits_to_ninety_seven_percent(seed):
    trainer = digits_trainer(seed)
    history = trainer.fit(shuffled(seed=seed), unseen(), epochs=20, progress=False)
    assert history["val_accuracy"][-1] >= 0.97
    assert history["train_loss"][-1] < 0.01 < history["train_loss"][0]


def test_sorted_by_class_and_not_shuffled_it_ends_clearly_below_the_shuffled_run():
    by_class = np.argsort(TRAIN_LABELS, kind="stable")
    in_order = TensorDataset(Tensor(TRAIN_IMAGES[by_class].reshape(-1, 64)), Tensor(TRAIN_LABELS[by_class]))
    mixed = digits_trainer(momentum=0).fit(shuffled(in_order), unseen(), epochs=10, progress=False)
    ordered_trainer = digits_trainer(momentum=0)
    ordered = ordered_trainer.fit(DataLoader(in_order, 32), unseen(), epochs=10, progress=False)
    assert mixed["val_accuracy"][-1] > 0.93
    assert ordered["val_accuracy"][-1] < mixed["val_accuracy"][-1] - 0.3
    # and its training accuracy does not show it
    assert ordered["train_accuracy"][-1] > ordered["val_accuracy"][-1] + 0.3
    answers = np.bincount(ordered_trainer.predict(unseen()), minlength=10)
    assert answers.argmax() == 9


def test_small_batches_get_further_in_the_same_epochs_at_the_same_rate():
    losses = [
        digits_trainer(lr=0.05).fit(shuffled(batch_size=size), epochs=5, progress=False)["train_loss"][-1]
        for size in (8, 32, 128, 512)
    ]
    assert losses == sorted(losses)
    assert losses[-1] > 5 * losses[0]


def test_predictions_stand_in_the_loaders_order_and_agree_with_the_accuracy():
    trainer = digits_trainer()
    trainer.fit(shuffled(), epochs=2, progress=False)
    guesses = trainer.predict(unseen())
    _, accuracy = trainer.evaluate(unseen())
    assert guesses.shape == TEST_LABELS.shape
    assert (guesses == TEST_LABELS).mean() == pytest.approx(accuracy)
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (TEST_LABELS, guesses), 1)
    assert (confusion.sum(axis=1) == np.bincount(TEST_LABELS)).all()
    assert np.trace(confusion) == round(accuracy * len(TEST_LABELS))
    assert np.array_equal(trainer.predict(DataLoader(TensorDataset(TEST_SET.tensors[0]), 50)), guesses)


# Stop and go on

RUN = """
import sys
import numpy as np
import random
from hashlib import sha256
from tinytorch import *
from tinytorch.datasets import split_digits

case, task, path = sys.argv[1:]
images, labels, test_images, test_labels = split_digits()

class Augmented(Dataset):
    def __init__(self, transform):
        self.transform = transform
    def __len__(self):
        return 300
    def __getitem__(self, index):
        return self.transform(images[index]).reshape(-1), labels[index]

random.seed(task)  # each process begins with another chance
np.random.seed({"whole": 1, "first": 1, "second": 2}[task])
model = Sequential(Linear(64, 32), ReLU(), Dropout(0.3), Linear(32, 10))
make = {
    "system": Adam,
    "loader": lambda p: SGD(p, 0.05, momentum=0.9),
    "transform": lambda p: AdamW(p, np.float64(0.01)),
}
trainer = Trainer(model, make[case](model.parameters()), CrossEntropyLoss())
if task != "second":
    random.seed(3)
chance = np.random.default_rng({"whole": 1, "first": 1, "second": 7}[task])
flat = TensorDataset(Tensor(images[:300].reshape(-1, 64)), Tensor(labels[:300]))
train = {
    "system": lambda: DataLoader(flat, 32, shuffle=True),
    "loader": lambda: DataLoader(flat, 32, shuffle=True, generator=chance),
    "transform": lambda: DataLoader(Augmented(RandomCrop(8, padding=1, generator=chance)), 32, shuffle=True),
}[case]()
test = DataLoader(TensorDataset(Tensor(test_images.reshape(-1, 64)), Tensor(test_labels)), 100)
if task == "second":
    trainer.load(path)
trainer.fit(train, test, epochs=8 if task == "whole" else 4, progress=False)
if task == "first":
    trainer.save(path)
bits = b"".join(parameter.data.tobytes() for parameter in model.parameters())
own = "" if case == "system" else chance.random()
print(sha256(bits).hexdigest(), trainer.history, random.random(), np.random.random(), own)
"""


@pytest.mark.parametrize("case", ["system", "loader", "transform"])
def test_four_epochs_a_fresh_process_and_four_more_equal_eight_bit_for_bit(case, tmp_path):
    """Shuffled by Python's generator or by the loader's own, with Dropout, and with crops by a generator of theirs."""
    said = {}
    for task in ("whole", "first", "second"):
        command = [sys.executable, "-c", RUN, case, task, str(tmp_path / "checkpoint")]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
        said[task] = run.stdout
    assert said["second"] == said["whole"]
    assert said["first"] != said["whole"]


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 3), st.integers(0, 3), st.sampled_from([lambda p: SGD(p, 0.1, momentum=0.9), Adam, AdamW]))
def test_wherever_it_stops_it_goes_on_as_if_it_had_not(before, after, make):
    whole = small_trainer(make)
    random.seed(5)
    whole.fit(small_batches(), small_batches(), epochs=before, progress=False)
    snapshot = whole._snapshot()
    whole.fit(small_batches(), small_batches(), epochs=after, progress=False)
    want = everything(whole)
    resumed = small_trainer(make, seed=9)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "_read_checkpoint", lambda _: snapshot)
        resumed.load("as it was kept in memory")
    resumed.fit(small_batches(), small_batches(), epochs=after, progress=False)
    assert everything(resumed) == want


def test_a_checkpoint_keeps_every_kind_of_value_bit_for_bit():
    nested = {
        "numbers": [1, -0.0, 1e-300, float("inf"), True, None, "text", 2**127],
        "arrays": (
            np.arange(6, dtype=np.uint8).reshape(2, 3),
            np.float32([1.5, np.nan]),
            np.zeros((0, 4)),
            np.array(7.0),
        ),
        "scalars": {"lr": np.float64(0.1), "steps": np.int32(3)},
        "array": {"tuple": (), "dict": {}},
    }
    arrays = []
    plain = training._without_arrays(nested, arrays)
    back = training._with_arrays(json.loads(json.dumps(plain)), arrays)
    assert repr(back) == repr(nested)
    assert type(back["scalars"]["lr"]) is np.float64
    assert [array.dtype for array in back["arrays"]] == [array.dtype for array in nested["arrays"]]


def test_loading_twice_and_saving_what_was_loaded_change_nothing(tmp_path):
    trainer = small_trainer()
    trainer.fit(small_batches(), epochs=2, progress=False)
    trainer.save(tmp_path / "first")
    other = small_trainer(seed=4)
    for _ in range(2):
        other.load(tmp_path / "first")
    other.save(str(tmp_path / "second"))
    assert repr(training._read_checkpoint(tmp_path / "first")) == repr(training._read_checkpoint(tmp_path / "second"))


def test_a_loaders_generator_survives_a_load_and_a_save_with_no_epoch_between(tmp_path):
    dataset = small_batches().dataset

    def loader(seed):
        return DataLoader(dataset, 3, shuffle=True, generator=np.random.default_rng(seed))

    first = small_trainer()
    first.fit(loader(0), epochs=1, progress=False)
    first.save(tmp_path / "one")
    second = small_trainer()
    second.load(tmp_path / "one")
    second.save(tmp_path / "two")
    generator = np.random.default_rng(77)
    third = small_trainer()
    third.load(tmp_path / "two")
    third.fit(DataLoader(dataset, 3, shuffle=True, generator=generator), epochs=0, progress=False)
    want = np.random.default_rng(0)
    want.permutation(11)
    assert generator.random() == want.random()


# A file whole or not at all


def test_an_error_or_an_interrupt_while_saving_leaves_the_old_checkpoint_and_nothing_else(tmp_path, monkeypatch):
    trainer = small_trainer()
    path = tmp_path / "model.ckpt"
    trainer.save(path)
    old = path.read_bytes()
    trainer.fit(small_batches(), epochs=1, progress=False)
    savez = np.savez

    def half(file, *arrays, **named):
        whole = io.BytesIO()
        savez(whole, *arrays, **named)
        file.write(whole.getvalue()[: len(whole.getvalue()) // 2])
        raise error

    monkeypatch.setattr(np, "savez", half)
    for error in (OSError("No space left on device"), KeyboardInterrupt(), MemoryError()):
        with pytest.raises(type(error)):
            trainer.save(path)
        assert [each.name for each in tmp_path.iterdir()] == ["model.ckpt"]
        assert path.read_bytes() == old
    monkeypatch.undo()
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(PermissionError("no")))
    with pytest.raises(PermissionError):
        trainer.save(path)
    assert [each.name for each in tmp_path.iterdir()] == ["model.ckpt"]
    assert path.read_bytes() == old


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_a_process_killed_while_saving_leaves_a_checkpoint_that_loads_and_the_next_save_works(tmp_path):
    path = tmp_path / "model.ckpt"
    trainer = small_trainer()
    trainer.save(path)
    code = """
        import os, signal, sys
        import numpy as np
        sys.path.insert(0, sys.argv[1])
        from test_training import *
        trainer = small_trainer(seed=1)
        def dies(file, *arrays, **named):
            file.write(b"PK" + bytes(1000))
            file.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        np.savez = dies
        trainer.save(sys.argv[2])
    """
    command = [sys.executable, "-c", textwrap.dedent(code), os.path.dirname(__file__), str(path)]
    killed = subprocess.run(command, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    restored = small_trainer(seed=2)
    restored.load(path)
    assert everything(restored) == everything(trainer)
    restored.save(path)
    assert [each.name for each in tmp_path.iterdir()] == ["model.ckpt"]


def test_a_checkpoint_is_one_file_with_exactly_the_name_given_and_readable_by_others(tmp_path):
    digits_trainer().save(tmp_path / "digits")
    assert [each.name for each in tmp_path.iterdir()] == ["digits"]
    with np.load(tmp_path / "digits", allow_pickle=False) as file:
        assert all(file[name].dtype.kind in "biufU" for name in file.files)
        assert sum(file[name].size for name in file.files) > 64 * 128 + 128 * 10


# What is refused


def save_small(path, **options):
    small_trainer(**options).save(path)


@pytest.mark.parametrize(
    ("saved", "held", "said"),
    [
        ({}, {"hidden": 7}, r"\(6, 5\).*\(7, 5\)"),
        ({}, {"layers": 2}, "4 parameters, the model 6"),
        ({"dtype": np.float64}, {}, "float64.*float32"),
        ({}, {"make": lambda p: SGD(p, 0.1)}, "settings"),
        ({}, {"make": lambda p: Adam(p[:2])}, "4 parameters, but there are 2"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused_in_one_sentence_and_changes_nothing(tmp_path, saved, held, said):
    save_small(tmp_path / "x", **saved)
    trainer = small_trainer(**held, seed=1)
    trainer.fit(small_batches(), epochs=1, progress=False)
    before = everything(trainer)
    with pytest.raises(ValueError, match=said) as raised:
        trainer.load(tmp_path / "x")
    assert "\n" not in str(raised.value)
    assert everything(trainer) == before
    assert trainer._waiting is None


def test_a_checkpoint_cut_off_or_changed_in_any_place_is_refused_and_changes_nothing(tmp_path):
    path = tmp_path / "x"
    save_small(path)
    whole = path.read_bytes()
    trainer = small_trainer(seed=1)
    before = everything(trainer)
    places = [*range(0, len(whole), 997), len(whole) - 1]
    damaged = [whole[:place] for place in places]
    damaged += [b"", b"not a checkpoint", bytes(1000)]
    for content in damaged:
        path.write_bytes(content)
        with pytest.raises(ValueError, match="is no checkpoint"):
            trainer.load(path)
        assert everything(trainer) == before
    # a changed byte is found by the zip's checksums, or it is in a place that means nothing, such as a date
    refused = 0
    for place in places:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            fresh = small_trainer(seed=1)
            fresh.load(path)
            assert everything(fresh) == everything(small_trainer())
        except ValueError:
            refused += 1
    assert refused > 0.7 * len(places)


def test_other_files_of_numpy_are_no_checkpoints(tmp_path):
    trainer = small_trainer()
    np.save(tmp_path / "a.npy", np.ones(3))
    np.savez(tmp_path / "b.npz", weights=np.ones(3))
    np.savez(tmp_path / "c.npz", np.ones(3), checkpoint="{}")
    np.savez(tmp_path / "d.npz", checkpoint='{"dict": {"parameters": []}}')
    for path in tmp_path.iterdir():
        with pytest.raises(ValueError, match="is no checkpoint"):
            trainer.load(path)
    with pytest.raises(FileNotFoundError):
        trainer.load(tmp_path / "nothing")


class RunsCode:
    def __reduce__(self):
        return print, ("this should never run",)


def test_loading_runs_no_code(tmp_path, capsys):
    path = tmp_path / "x"
    np.savez(path, np.array([RunsCode()], dtype=object), checkpoint='{"dict": {"parameters": [{"array": 0}]}}')
    with pytest.raises(ValueError, match="is no checkpoint"):
        small_trainer().load(tmp_path / "x.npz")
    assert "never run" not in capsys.readouterr().out
    with zipfile.ZipFile(tmp_path / "x.npz") as file:
        assert file.namelist()  # it was a file that unpickling would have run


def test_what_no_file_can_hold_is_not_saved(tmp_path):
    trainer = small_trainer()
    trainer.save(tmp_path / "x")
    trainer.optimizer.eps = object()
    with pytest.raises(TypeError):
        trainer.save(tmp_path / "x")
    assert len(list(tmp_path.iterdir())) == 1
    small_trainer(seed=1).load(tmp_path / "x")


# The loop


def test_an_epoch_makes_the_steps_of_the_loop_of_module_05():
    trainer, twin = digits_trainer(), digits_trainer()
    trainer.fit(shuffled(), epochs=1, progress=False)
    for images, labels in shuffled():
        twin.optimizer.zero_grad()
        loss = twin.loss_fn(twin.model(images), labels)
        loss.backward()
        twin.optimizer.step()
    for ours, want in zip(trainer.model.parameters(), twin.model.parameters(), strict=True):
        assert np.array_equal(ours.data, want.data)


@settings(deadline=None)
@given(st.integers(1, 30), st.integers(1, 12))
def test_the_means_of_an_evaluation_do_not_depend_on_the_batch_size(samples, size):
    trainer = small_trainer()
    whole = trainer.evaluate(small_batches(samples, samples))
    assert trainer.evaluate(small_batches(samples, size)) == pytest.approx(whole, rel=1e-5)


def test_an_epoch_fetches_each_sample_once_and_goes_forward_once_a_batch():
    dataset = CountingDataset(small_batches().dataset)
    trainer = small_trainer()
    forwards = []
    model = trainer.model
    trainer.model = type("Counted", (Layer,), {"forward": lambda self, x: forwards.append(len(x)) or model(x)})()
    trainer.fit(DataLoader(dataset, 4), epochs=2, progress=False)
    assert sorted(dataset.fetched) == sorted([*range(11)] * 2)
    assert forwards == [4, 4, 3] * 2


def test_evaluating_gives_each_layers_mode_back_after_an_error_too_and_records_nothing():
    trainer = small_trainer()
    trainer.model[2].eval()  # a Dropout that is frozen on purpose
    modes = [layer.training for layer in (trainer.model, *trainer.model) if isinstance(layer, Layer)]
    seen = []

    def spy(scores, targets):
        seen.append((scores.requires_grad, trainer.model.training))
        if len(seen) == 2:
            raise RuntimeError("stop")
        return CrossEntropyLoss()(scores, targets)

    trainer.loss_fn = spy
    with pytest.raises(RuntimeError, match="stop"):
        trainer.evaluate(small_batches())
    assert seen == [(False, False)] * 2
    assert [layer.training for layer in (trainer.model, *trainer.model) if isinstance(layer, Layer)] == modes
    assert (trainer.model.parameters()[0] * 2).requires_grad


def test_evaluating_changes_no_parameter_no_gradient_and_no_history():
    trainer = small_trainer()
    trainer.fit(small_batches(), epochs=1, progress=False)
    gradients = [parameter.grad for parameter in trainer.model.parameters()]
    before = everything(trainer)
    trainer.evaluate(small_batches())
    trainer.predict(small_batches())
    assert everything(trainer) == before
    assert all(p.grad is kept for p, kept in zip(trainer.model.parameters(), gradients, strict=True))


def test_evaluating_takes_less_than_half_of_a_training_steps_memory_and_keeps_no_batch():
    trainer = digits_trainer(hidden=512)
    trainer.optimizer.momentum = 0
    batch = Tensor(np.ones((512, 64), np.float32)), Tensor(np.zeros(512, int))
    step = peak_bytes(lambda: trainer._train_step(*batch))
    one = peak_bytes(lambda: trainer.evaluate([batch]))
    assert one < step / 2
    assert peak_bytes(lambda: trainer.evaluate([batch] * 8)) < 1.1 * one


def test_history_has_plain_floats_and_nan_where_nothing_was_measured():
    trainer = small_trainer()
    trainer.fit(small_batches(), epochs=1, progress=False)
    history = trainer.fit(small_batches(), small_batches(), epochs=2, progress=False)
    assert history is trainer.history
    assert all(type(number) is float for numbers in history.values() for number in numbers)
    assert np.isnan(history["val_loss"]).tolist() == [True, False, False]
    assert np.isnan(history["val_accuracy"]).tolist() == [True, False, False]
    assert not np.isnan(history["train_loss"] + history["train_accuracy"]).any()


def test_a_regression_has_losses_and_no_accuracy():
    np.random.seed(0)
    model = Linear(2, 1)
    trainer = Trainer(model, SGD(model.parameters(), lr=0.1), MSELoss())
    x = np.random.default_rng(0).normal(size=(64, 2))
    data = DataLoader(TensorDataset(Tensor(x), Tensor(x @ [[2.0], [-1.0]])), 16)
    history = trainer.fit(data, data, epochs=30, progress=False)
    assert history["val_loss"][-1] < 1e-3 < history["val_loss"][0]
    assert np.isnan(history["train_accuracy"] + history["val_accuracy"]).all()


@pytest.mark.parametrize("stopped_in", ["training", "evaluating"])
def test_an_interrupted_epoch_leaves_no_number_behind_and_fit_can_go_on(stopped_in):
    class Interrupted:
        passes = 0

        def __iter__(self):
            self.passes += 1
            yield from small_batches()
            if self.passes == 2:
                raise KeyboardInterrupt

    loaders = [small_batches(), small_batches()]
    loaders[stopped_in == "evaluating"] = Interrupted()
    trainer = small_trainer()
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(*loaders, epochs=3, progress=False)
    assert [len(numbers) for numbers in trainer.history.values()] == [1] * 4
    assert trainer.model.training
    trainer.fit(*loaders, epochs=1, progress=False)
    assert [len(numbers) for numbers in trainer.history.values()] == [2] * 4


def test_a_generator_that_is_used_up_is_refused():
    trainer = small_trainer()
    with pytest.raises(ValueError, match="no batch"):
        trainer.fit(iter(small_batches()), epochs=2, progress=False)
    assert len(trainer.history["train_loss"]) == 1
    with pytest.raises(ValueError, match="negative"):
        trainer.fit(small_batches(), epochs=-1)


# The progress line


@settings(deadline=None)
@given(st.integers(1, 10**9), st.data())
def test_the_bar_is_pure_of_one_length_and_full_only_at_the_end(total, data):
    done = data.draw(st.integers(0, total))
    line = training._progress_line("epoch 1/9", done, total)
    assert line == training._progress_line("epoch 1/9", done, total)
    bar = line[line.index("[") + 1 : line.index("]")]
    assert len(bar) == 20
    assert bar == "#" * bar.count("#") + "-" * bar.count("-")
    assert (bar.count("-") == 0) == (done == total) == line.endswith(" 100%")
    assert int(line.rpartition(" ")[2][:-1]) == 100 * done // total


def test_in_a_pipe_an_epoch_is_one_plain_line(capsys):
    small_trainer().fit(small_batches(), small_batches(), epochs=3)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ["1/3", "2/3", "3/3"]
    assert all("val_accuracy" in line and "\r" not in line for line in lines)


class Terminal(io.StringIO):
    def isatty(self):
        return True


NotebookStream = type("OutStream", (io.StringIO,), {"__module__": "ipykernel.iostream"})


@pytest.mark.parametrize("stream", [Terminal, NotebookStream])
def test_on_a_terminal_and_in_a_notebook_the_line_is_redrawn_in_place(stream, monkeypatch):
    screen = stream()
    monkeypatch.setattr(sys, "stdout", screen)
    small_trainer().fit(small_batches(), epochs=2)
    monkeypatch.undo()
    epochs = screen.getvalue().split("\n")
    assert epochs[-1] == ""
    for epoch in epochs[:-1]:
        drawn = epoch.split("\r")[1:]
        assert len(drawn) == 4  # three batches and the end
        assert len(drawn[-1]) >= len(drawn[-2])  # nothing of it is left standing
    assert len(epochs) == 3


def test_without_progress_nothing_is_written(capsys):
    small_trainer().fit(small_batches(), small_batches(), epochs=2, progress=False)
    assert capsys.readouterr() == ("", "")


# As in PyTorch


def test_training_goes_where_pytorchs_loop_goes():
    torch = pytest.importorskip("torch")
    trainer = digits_trainer(hidden=32, lr=0.05)
    first, _, last = trainer.model
    twin = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))
    with torch.no_grad():
        for theirs, ours in ((twin[0], first), (twin[2], last)):
            theirs.weight.copy_(torch.tensor(ours.weight.data))
            theirs.bias.copy_(torch.tensor(ours.bias.data))
    optimizer = torch.optim.SGD(twin.parameters(), lr=0.05, momentum=0.9)
    losses = []
    order = shuffled()
    for _ in range(3):
        total = 0.0
        for images, labels in order:
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(twin(torch.tensor(images.data)), torch.tensor(labels.data))
            loss.backward()
            optimizer.step()
            total += loss.item() * len(labels)
        losses.append(total / len(TRAIN_SET))
    history = trainer.fit(shuffled(), unseen(), epochs=3, progress=False)
    np.testing.assert_allclose(history["train_loss"], losses, rtol=1e-3)
    with torch.no_grad():
        guesses = twin(torch.tensor(TEST_IMAGES.reshape(-1, 64))).argmax(dim=1).numpy()
    assert (guesses == trainer.predict(unseen())).mean() > 0.99
