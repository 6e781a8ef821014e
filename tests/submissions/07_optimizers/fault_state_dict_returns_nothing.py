# %% [markdown]
# why: the state is collected and not given back
# base: reference
# loses: {save-values: 5, save-snapshot: 3, resume: 6, load-errors: 3}
# says: state_dict() should return a dictionary | it gave None
# at: "line 8 of your cell `_copied`"

# %% solution="state-dict"
#| export
def _copied(entry):
    return {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in entry.items()}

@patch
def state_dict(self: Optimizer) -> dict:
    settings = {name: getattr(self, name) for name in self._settings}
    {"settings": settings, "state": [_copied(self.state[parameter]) for parameter in self.parameters]}

@patch
def load_state_dict(self: Optimizer, saved: dict):
    for name, value in saved["settings"].items():
        setattr(self, name, value)
    self.state = {parameter: _copied(entry) for parameter, entry in zip(self.parameters, saved["state"])}
