# %% [markdown]
# why: whether the state fits is not checked
# base: reference
# loses: {load-errors: 3}

# %% solution="state-dict"
#| export
def _copied(entry):
    "A dictionary with copies of the arrays in it."
    return {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in entry.items()}

@patch
def state_dict(self: Optimizer) -> dict:
    settings = {name: getattr(self, name) for name in self._settings}
    return {"settings": settings, "state": [_copied(self.state[parameter]) for parameter in self.parameters]}

@patch
def load_state_dict(self: Optimizer, saved: dict):
    for name, value in saved["settings"].items():
        setattr(self, name, value)
    for parameter, entry in zip(self.parameters, saved["state"]):
        self.state[parameter] = _copied(entry)
