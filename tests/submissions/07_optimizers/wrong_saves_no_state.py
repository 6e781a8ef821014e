# %% [markdown]
# why: only the settings are saved
# base: reference
# loses: {save-values: 5, save-snapshot: 3, resume: 6, load-errors: 3}

# %% solution="state-dict"
#| export
def _copied(entry):
    "A dictionary with copies of the arrays in it."
    return {}

@patch
def state_dict(self: Optimizer) -> dict:
    settings = {name: getattr(self, name) for name in self._settings}
    return {"settings": settings, "state": [_copied(self.state[parameter]) for parameter in self.parameters]}

@patch
def load_state_dict(self: Optimizer, saved: dict):
    if set(saved["settings"]) != set(self._settings) or len(saved["state"]) != len(self.parameters):
        raise ValueError("this state belongs to another optimizer")
    for name, value in saved["settings"].items():
        setattr(self, name, value)
