"""Module 07's export: held against PyTorch where it is installed, and module 05's training step as it is printed."""

import copy
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tinytorch
import tinytorch.core.autograd
from tinytorch.core import optimizers
from tinytorch.core.activations import ReLU
from tinytorch.core.dataloader import DataLoader, TensorDataset
from tinytorch.core.layers import Linear, Sequential
from tinytorch.core.losses import CrossEntropyLoss
from tinytorch.core.optimizers import SGD, Adam, AdamW, Optimizer
from tinytorch.core.tensor import Tensor
from tinytorch.datasets import split_digits
from tinytorch.profiling import peak_bytes

SOURCE_OF_05 = Path(__file__).resolve().parents[2] / "src" / "05_dataloader" / "05_dataloader.py"
MAKERS = {
    "SGD": lambda p: SGD(p, 0.1),
    "SGD with momentum and decay": lambda p: SGD(p, 0.1, momentum=0.9, weight_decay=0.01),
    "Adam": lambda p: Adam(p, 0.05),
    "AdamW": lambda p: AdamW(p, 0.05, weight_decay=0.1),
}
EVERY_OPTIMIZER = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def parameter_of(values, dtype=np.float64):
    return Tensor(values, requires_grad=True, dtype=dtype)


def walk(optimizer, gradients):
    for gradient in gradients:
        for parameter, each in zip(optimizer.parameters, gradient, strict=True):
            parameter.grad = None if each is None else Tensor(each, dtype=parameter.dtype)
        optimizer.step()


# The training step of module 05


def printed_training_step():
    """The loop that module 05's last cell prints, as code."""
    text = SOURCE_OF_05.read_text(encoding="utf-8")
    blocks = re.findall(r"^# ```python\n(.*?)^# ```", text, re.MULTILINE | re.DOTALL)
    steps = [block for block in blocks if "loss.backward()" in block and "optimizer.step()" in block]
    assert len(steps) == 1
    return textwrap.dedent(re.sub(r"^# ?", "", steps[0], flags=re.MULTILINE))


@pytest.mark.parametrize(
    ("make", "least"),
    [(lambda p: SGD(p, 0.5), 0.93), (lambda p: Adam(p, 5e-3), 0.93), (lambda p: AdamW(p, 5e-3), 0.93)],
)
def test_the_training_step_printed_in_module_05_runs_as_printed_and_learns_the_digits(make, least):
    np.random.seed(0)
    train_images, train_labels, test_images, test_labels = split_digits()
    dataset = TensorDataset(Tensor(train_images.reshape(-1, 64)), Tensor(train_labels))
    model = Linear(64, 10)
    names = {
        "loader": DataLoader(dataset, batch_size=32, shuffle=True, generator=np.random.default_rng(0)),
        "model": model,
        "loss_fn": CrossEntropyLoss(),
        "optimizer": make(model.parameters()),
    }
    code = compile(printed_training_step(), str(SOURCE_OF_05), "exec")
    losses = []
    for _ in range(8):
        exec(code, names)
        losses.append(names["loss"].item())
    assert losses[-1] < losses[0]
    with tinytorch.no_grad():
        guesses = model(Tensor(test_images.reshape(-1, 64))).data.argmax(axis=1)
    assert (guesses == test_labels).mean() >= 0.93


def test_a_model_of_two_layers_reaches_ninety_seven_percent_on_the_digits():
    np.random.seed(0)
    train_images, train_labels, test_images, test_labels = split_digits()
    dataset = TensorDataset(Tensor(train_images.reshape(-1, 64)), Tensor(train_labels))
    model = Sequential(Linear(64, 64), ReLU(), Linear(64, 10))
    names = {
        "loader": DataLoader(dataset, batch_size=32, shuffle=True, generator=np.random.default_rng(0)),
        "model": model,
        "loss_fn": CrossEntropyLoss(),
        "optimizer": Adam(model.parameters(), 3e-3),
    }
    code = compile(printed_training_step(), str(SOURCE_OF_05), "exec")
    for _ in range(15):
        exec(code, names)
    with tinytorch.no_grad():
        guesses = model(Tensor(test_images.reshape(-1, 64))).data.argmax(axis=1)
    assert (guesses == test_labels).mean() >= 0.97


# As in PyTorch


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


OPTIONS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.3}),
    ("SGD", {"lr": 0.05, "momentum": 0.5, "weight_decay": 0.1}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1, "betas": (0.5, 0.8), "eps": 1e-3}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-2, "weight_decay": 0.5}),
]


@pytest.mark.parametrize(("name", "options"), OPTIONS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_twenty_steps_lead_where_pytorchs_lead(torch, name, options, dtype):
    random = np.random.default_rng(0)
    starts = [random.normal(size=shape) for shape in [(3, 4), (4,), ()]]
    ours = [parameter_of(start, dtype) for start in starts]
    theirs = [torch.tensor(start, dtype=getattr(torch, dtype), requires_grad=True) for start in starts]
    optimizer = getattr(tinytorch, name)(ours, **options)
    twin = getattr(torch.optim, name)(theirs, **options)
    for count in range(20):
        for number, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
            if count == 7 and number == 1:  # a parameter that takes no part in a step
                mine.grad = other.grad = None
                continue
            gradient = random.normal(size=mine.shape) * 10.0 ** random.integers(-4, 3)
            mine.grad, other.grad = Tensor(gradient, dtype=dtype), torch.tensor(gradient, dtype=other.dtype)
        optimizer.step()
        twin.step()
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.dtype == dtype
        tolerance = 1e-10 if dtype == "float64" else 1e-4
        np.testing.assert_allclose(mine.data, other.detach().numpy(), rtol=tolerance, atol=tolerance)


def test_the_state_has_pytorchs_names_and_numbers(torch):
    for name, options in OPTIONS:
        mine, other = parameter_of([1.0, -2.0]), torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
        optimizer = getattr(tinytorch, name)([mine], **options)
        twin = getattr(torch.optim, name)([other], **options)
        for gradient in ([1.0, 0.5], [-3.0, 2.0]):
            mine.grad, other.grad = Tensor(gradient, dtype=np.float64), torch.tensor(gradient, dtype=torch.float64)
            optimizer.step()
            twin.step()
        kept = {key: value for key, value in twin.state[other].items() if value is not None}
        assert set(optimizer.state[mine]) == set(kept)
        for key, value in kept.items():
            np.testing.assert_allclose(optimizer.state[mine][key], value.numpy(), rtol=1e-12)


NONE_IN_RANGE = [-1.0, float("nan"), float("inf")]
SETTINGS = [
    ("SGD", {"lr": 0.1}, "lr", "learning rate"),
    ("SGD", {"lr": 0.1}, "momentum", "momentum value"),
    ("SGD", {"lr": 0.1}, "weight_decay", "weight_decay value"),
    ("Adam", {}, "lr", "learning rate"),
    ("Adam", {}, "eps", "epsilon value"),
    ("AdamW", {}, "lr", "learning rate"),
    ("AdamW", {}, "eps", "epsilon value"),
    ("AdamW", {}, "weight_decay", "weight_decay value"),
]


@pytest.mark.parametrize("value", NONE_IN_RANGE)
@pytest.mark.parametrize(("name", "others", "setting", "said"), SETTINGS)
def test_a_setting_that_is_negative_nan_or_infinite_is_refused_when_the_optimizer_is_made(
    name, others, setting, said, value
):
    with pytest.raises(ValueError, match=re.escape(f"Invalid {said}: {value}")):
        getattr(tinytorch, name)([parameter_of([1.0])], **{**others, setting: value})


@pytest.mark.parametrize("betas", [(1.0, 0.999), (0.9, 1.0), (-0.1, 0.9), (0.9, float("nan")), (0.9,), (0.9, 0.9, 0.9)])
@pytest.mark.parametrize("kind", [Adam, AdamW])
def test_betas_are_two_numbers_from_0_up_to_below_1(kind, betas):
    with pytest.raises(ValueError, match="Invalid beta"):
        kind([parameter_of([1.0])], betas=betas)
    assert kind([parameter_of([1.0])], betas=[0.0, 0.5]).betas == (0.0, 0.5)


def test_what_pytorch_refuses_is_refused_in_the_same_words(torch):
    def said(module, name, options):
        numbers = {"dtype": torch.float64, "requires_grad": True} if module is torch.optim else None
        given = torch.tensor([1.0], **numbers) if numbers else parameter_of([1.0])
        with pytest.raises(ValueError, match="Invalid") as caught:
            getattr(module, name)([given], **options)
        return str(caught.value)

    cases = [(name, {**others, setting: -1.0}) for name, others, setting, _ in SETTINGS]
    cases += [("Adam", {"betas": betas}) for betas in [(1.0, 0.999), (0.9, 1.0), (-0.1, 0.9), (float("nan"), 0.9)]]
    for name, options in cases:
        assert said(tinytorch, name, options) == said(torch.optim, name, options)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("StepLR", {"step_size": 3}),
        ("StepLR", {"step_size": 1, "gamma": 0.7}),
        ("StepLR", {"step_size": 4, "gamma": 2.0}),
        ("CosineAnnealingLR", {"T_max": 10}),
        ("CosineAnnealingLR", {"T_max": 7, "eta_min": 0.01}),
    ],
)
def test_schedules_give_pytorchs_learning_rates_also_past_their_end(torch, name, settings):
    optimizer = SGD([parameter_of([1.0])], lr=0.3)
    twin = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    ours = getattr(optimizers, name)(optimizer, **settings)
    theirs = getattr(torch.optim.lr_scheduler, name)(twin, **settings)
    for _ in range(25):
        assert optimizer.lr == pytest.approx(twin.param_groups[0]["lr"], rel=1e-9, abs=1e-12)
        assert isinstance(optimizer.lr, float)
        optimizer.step(), twin.step()
        ours.step(), theirs.step()


@pytest.mark.parametrize("scale", [0.0, 1e-3, 1.0, 1e6, float("nan")])
@pytest.mark.parametrize("max_norm", [0.5, 1.0, 100.0])
def test_clipping_leaves_pytorchs_gradients_and_gives_its_norm(torch, scale, max_norm):
    random = np.random.default_rng(0)
    ours = [parameter_of(np.zeros(shape)) for shape in [(3, 4), (4,), ()]]
    theirs = [torch.zeros(parameter.shape, dtype=torch.float64, requires_grad=True) for parameter in ours]
    for mine, other in list(zip(ours, theirs, strict=True))[:2]:  # the third takes no part
        gradient = random.normal(size=mine.shape) * scale
        mine.grad, other.grad = Tensor(gradient, dtype=np.float64), torch.tensor(gradient)
    arrays = [parameter.grad.data for parameter in ours[:2]]
    got = optimizers.clip_grad_norm_(ours, max_norm)
    want = torch.nn.utils.clip_grad_norm_(theirs, max_norm)
    np.testing.assert_allclose(got, want.item(), rtol=1e-12)
    for mine, other, array in zip(ours, theirs, arrays, strict=False):
        assert mine.grad.data is array
        np.testing.assert_allclose(mine.grad.data, other.grad.numpy(), rtol=1e-9)
    assert ours[2].grad is None


# On its own


def test_an_array_as_grad_is_refused_where_it_is_set():
    parameter = parameter_of([1.0, 2.0])
    optimizer = SGD([parameter], lr=0.1)
    with pytest.raises(TypeError, match="ndarray: write Tensor"):
        parameter.grad = np.ones(2)
    optimizer.step()
    assert parameter.data.tolist() == [1, 2]


def test_clipping_takes_one_tensor_a_generator_and_float32():
    parameter = parameter_of([0.0, 0.0], np.float32)
    for taken in (parameter, [parameter], (each for each in [parameter])):
        parameter.grad = Tensor([3.0, 4.0])
        assert optimizers.clip_grad_norm_(taken, 1.0) == 5
        np.testing.assert_allclose(parameter.grad.data, [0.6, 0.8], rtol=1e-6)
        assert parameter.grad.dtype == np.float32


@pytest.mark.parametrize(("name", "length"), [("StepLR", 0), ("StepLR", -1), ("CosineAnnealingLR", 0)])
def test_a_schedule_of_no_epochs_is_refused(name, length):
    with pytest.raises(ValueError, match="at least 1"):
        getattr(optimizers, name)(SGD([parameter_of([1.0])], lr=0.1), length)


@EVERY_OPTIMIZER
def test_a_step_writes_into_the_array_that_is_there_and_keeps_its_dtype(make):
    for dtype in (np.float32, np.float64):
        parameter = parameter_of([[1.0, 2.0], [3.0, 4.0]], dtype)
        array, row = parameter.data, parameter.data[0]
        walk(make([parameter]), [[np.ones((2, 2))]] * 3)
        assert parameter.data is array
        assert parameter.dtype == dtype
        assert (row < [1, 2]).all()


@EVERY_OPTIMIZER
def test_a_parameter_without_a_gradient_stays_and_keeps_no_state(make):
    used, unused = parameter_of([1.0]), parameter_of([1.0])
    optimizer = make([used, unused])
    walk(optimizer, [[[1.0], None]] * 3)
    assert unused.data.item() == 1
    assert optimizer.state[unused] == {}
    assert used.data.item() != 1


@EVERY_OPTIMIZER
def test_a_step_leaves_gradients_alone_and_zero_grad_forgets_them(make):
    parameter = parameter_of([1.0, 2.0])
    optimizer, gradient = make([parameter]), Tensor([3.0, 4.0], dtype=np.float64)
    parameter.grad = gradient
    for _ in range(3):
        optimizer.step()
    assert parameter.grad is gradient
    assert gradient.data.tolist() == [3, 4]
    optimizer.zero_grad()
    assert parameter.grad is None


@settings(deadline=None)
@given(
    st.sampled_from(list(MAKERS.values())),
    hnp.arrays(np.float32, (6, 3), elements=st.floats(-100, 100, width=32)),
    st.integers(0, 6),
)
def test_going_on_from_a_state_dict_equals_not_having_stopped_bit_for_bit(make, gradients, stop):
    whole = make([parameter_of([1.0, 2.0, 3.0], np.float32)])
    walk(whole, [[each] for each in gradients])
    first = make([parameter_of([1.0, 2.0, 3.0], np.float32)])
    walk(first, [[each] for each in gradients[:stop]])
    saved = copy.deepcopy(first.state_dict())
    second = make([parameter_of(first.parameters[0].data.copy(), np.float32)])
    second.lr = 12345.0
    second.load_state_dict(saved)
    walk(second, [[each] for each in gradients[stop:]])
    assert second.parameters[0].data.tobytes() == whole.parameters[0].data.tobytes()


@EVERY_OPTIMIZER
def test_a_state_dict_holds_plain_values_and_stays_as_it_was(make):
    parameter = parameter_of([1.0, 2.0])
    optimizer = make([parameter])
    walk(optimizer, [[[1.0, 1.0]]])
    saved = optimizer.state_dict()
    before = copy.deepcopy(saved)
    walk(optimizer, [[[5.0, 5.0]]])
    for entry, was in zip(saved["state"], before["state"], strict=True):
        assert set(entry) == set(was)
        for name, value in entry.items():
            assert isinstance(value, (int, np.ndarray))
            assert np.array_equal(value, was[name])
    assert all(isinstance(value, (int, float, tuple)) for value in saved["settings"].values())


def test_state_that_does_not_fit_is_refused_and_changes_nothing():
    rolling = SGD([parameter_of([1.0]), parameter_of([2.0])], lr=0.5, momentum=0.9)
    walk(rolling, [[[1.0], [1.0]]])
    saved = rolling.state_dict()
    for other in (
        SGD([parameter_of([1.0])], lr=0.1),
        Adam([parameter_of([1.0]), parameter_of([1.0])]),
        SGD([parameter_of([1.0]), parameter_of([1.0, 2.0])], lr=0.1),
    ):
        before = copy.deepcopy(other.state_dict())
        with pytest.raises(ValueError, match=r"state|settings"):
            other.load_state_dict(saved)
        assert other.state_dict() == before


def test_what_cannot_be_optimized_is_refused():
    with pytest.raises(ValueError, match="empty"):
        SGD([], lr=0.1)
    with pytest.raises(ValueError, match=r"Invalid learning rate: -0\.001"):
        Adam([parameter_of([1.0])], lr=-1e-3)
    with pytest.raises(TypeError, match="list"):
        SGD(parameter_of([1.0, 2.0]), lr=0.1)
    with pytest.raises(TypeError, match="ndarray"):
        AdamW([np.ones(3)])


def test_a_generator_of_parameters_is_read_once():
    parameters = [parameter_of([1.0]), parameter_of([2.0])]
    optimizer = Adam(parameter for parameter in parameters)
    walk(optimizer, [[[1.0], [1.0]]] * 2)
    assert [entry["step"] for entry in optimizer.state.values()] == [2, 2]


def test_every_optimizer_is_an_optimizer_and_adamw_is_an_adam():
    assert all(issubclass(each, Optimizer) for each in (SGD, Adam, AdamW))
    assert issubclass(AdamW, Adam)


@pytest.mark.parametrize(
    ("make", "arrays_of_state", "arrays_on_top"),
    [
        (lambda p: SGD(p, 0.1), 0, 1),
        (lambda p: SGD(p, 0.1, momentum=0.9, weight_decay=0.1), 1, 3),
        (lambda p: Adam(p), 2, 4),
        (lambda p: AdamW(p), 2, 4),
    ],
)
def test_state_costs_nothing_one_or_two_arrays_a_parameter_and_a_step_a_few_of_one(
    make, arrays_of_state, arrays_on_top
):
    parameters = [parameter_of(np.ones(100_000), np.float32) for _ in range(5)]
    for parameter in parameters:
        parameter.grad = Tensor(np.ones(100_000))
    optimizer = make(parameters)
    peak = peak_bytes(lambda: [optimizer.step() for _ in range(3)])
    kept = sum(
        value.nbytes for entry in optimizer.state.values() for value in entry.values() if isinstance(value, np.ndarray)
    )
    assert kept == arrays_of_state * 5 * 400_000
    assert peak - kept < (arrays_on_top + 0.1) * 400_000


@pytest.mark.parametrize("value", ["x", None, [0.1], 1j, np.array([0.1, 0.2, 0.3])], ids=repr)
@pytest.mark.parametrize(
    ("name", "setting", "said"),
    [("SGD", "lr", "learning rate"), ("SGD", "momentum", "momentum"), ("AdamW", "weight_decay", "weight_decay"),
     ("Adam", "eps", "epsilon"), ("Adam", "betas", "beta")],
)  # fmt: skip
def test_a_setting_that_is_no_number_is_refused_in_the_same_words(name, setting, said, value):
    with pytest.raises(ValueError, match=f"Invalid {said}"):
        getattr(tinytorch, name)([Tensor([1.0])], **{"lr": 0.1, setting: value})


@pytest.mark.parametrize(
    ("name", "options"),
    [("StepLR", {"step_size": float("nan")}), ("StepLR", {"step_size": 2, "gamma": float("nan")}),
     ("StepLR", {"step_size": 2, "gamma": -1}), ("CosineAnnealingLR", {"T_max": float("nan")}),
     ("CosineAnnealingLR", {"T_max": 2, "eta_min": float("nan")}), ("CosineAnnealingLR", {"T_max": 2, "eta_min": -1})],
)  # fmt: skip
def test_a_schedule_to_a_rate_that_is_nan_or_negative_is_refused(name, options):
    with pytest.raises(ValueError, match=next(reversed(options))):
        getattr(optimizers, name)(SGD([Tensor([1.0])], lr=0.1), **options)


@pytest.mark.parametrize("max_norm", [-1, float("nan")])
def test_clipping_to_a_norm_that_is_none_is_refused_and_changes_nothing(max_norm):
    parameter = Tensor([1.0, 2.0], requires_grad=True)
    parameter.grad = Tensor([3.0, 4.0])
    with pytest.raises(ValueError, match="max_norm"):
        optimizers.clip_grad_norm_([parameter], max_norm)
    assert parameter.grad.tolist() == [3.0, 4.0]
    assert optimizers.clip_grad_norm_([parameter], float("inf")) == 5.0
