# %% [markdown]
# why: correct, saves and loads by copy.deepcopy, checks before it loads
# base: reference

# %% solution="optimizer"
#| export
class Optimizer:
    "What every optimizer has."

    def __init__(self, parameters, lr):
        self.parameters = [] if isinstance(parameters, Tensor) else list(parameters)
        if isinstance(parameters, Tensor) or not all(isinstance(each, Tensor) for each in self.parameters):
            raise TypeError(f"expected Tensors in a list; got {parameters!r}")
        if not self.parameters or not 0 <= lr < np.inf:
            raise ValueError(f"{len(self.parameters)} parameters, lr {lr}")
        self.state = dict(zip(self.parameters, ({} for _ in self.parameters)))
        self.lr = lr

    def zero_grad(self):
        [setattr(each, "grad", None) for each in self.parameters]

# %% solution="step"
#| export
@patch
def step(self: Optimizer):
    for parameter, state in self.state.items():
        if parameter.grad is not None:
            np.subtract(parameter.data, self._change(parameter, state), out=parameter.data, casting="unsafe")

# %% solution="state-dict"
#| export
import copy


def _copied(entry):
    return copy.deepcopy(entry)


@patch
def state_dict(self: Optimizer) -> dict:
    return {
        "settings": {name: vars(self)[name] for name in self._settings},
        "state": [copy.deepcopy(self.state[parameter]) for parameter in self.parameters],
    }


@patch
def load_state_dict(self: Optimizer, saved: dict):
    settings, state = copy.deepcopy(saved["settings"]), copy.deepcopy(saved["state"])
    fits = sorted(settings) == sorted(self._settings) and len(state) == len(self.parameters)
    for parameter, entry in zip(self.parameters, state):
        fits = fits and all(np.shape(value) in ((), parameter.shape) for value in entry.values())
    if not fits:
        raise ValueError("this state belongs to another optimizer")
    vars(self).update(settings)
    for parameter, entry in zip(self.parameters, state):
        self.state[parameter] = entry
