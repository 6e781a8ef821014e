# %% [markdown]
# why: the learning rate stays what the new optimizer was given
# base: reference
# loses: {resume: 6}
# says: load_state_dict should bring back lr, 0.25; it is 100
# at: "line 12 of your cell `_copied`"

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
    if set(saved["settings"]) != set(self._settings) or len(saved["state"]) != len(self.parameters):
        raise ValueError("this state belongs to another optimizer")
    for parameter, entry in zip(self.parameters, saved["state"]):
        if any(isinstance(value, np.ndarray) and value.shape != parameter.shape for value in entry.values()):
            raise ValueError("this state belongs to other parameters")
    self.state = {parameter: _copied(entry) for parameter, entry in zip(self.parameters, saved["state"])}
