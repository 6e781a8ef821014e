# %% [markdown]
# why: the arrays are put into the model unseen
# base: reference
# loses: {load-refuses: 3}

# %% solution="load"
#| export
@patch
def load(self: Trainer, path):
    saved = _read_checkpoint(path)
    for parameter, array in zip(self.model.parameters(), saved["parameters"]):
        parameter.data = array
    self.optimizer.load_state_dict(saved["optimizer"])
    self.history = saved["history"]
    self._set_random_state(saved["random"])
