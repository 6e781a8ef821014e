# %% [markdown]
# why: what is saved changes with the next step in place, and what is loaded is shared
# base: reference
# loses: {save-snapshot: 3}

# %% solution="state-dict"
#| export
def _copied(entry):
    "A dictionary with copies of the arrays in it."
    return dict(entry)

@patch
def state_dict(self: Optimizer) -> dict:
    settings = {name: getattr(self, name) for name in self._settings}
    return {"settings": settings, "state": [_copied(self.state[parameter]) for parameter in self.parameters]}

@patch
def load_state_dict(self: Optimizer, saved: dict):
    settings, entries = saved["settings"], saved["state"]
    if set(settings) != set(self._settings) or len(entries) != len(self.parameters):
        raise ValueError("this state belongs to another optimizer")
    for parameter, entry in zip(self.parameters, entries):
        if any(isinstance(value, np.ndarray) and value.shape != parameter.shape for value in entry.values()):
            raise ValueError("this state belongs to other parameters")
    for name, value in settings.items():
        setattr(self, name, value)
    self.state = {parameter: _copied(entry) for parameter, entry in zip(self.parameters, entries)}
