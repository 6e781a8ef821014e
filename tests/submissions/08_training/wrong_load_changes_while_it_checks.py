# %% [markdown]
# why: each parameter is changed before the next is looked at
# base: reference
# loses: {load-refuses: 3}

# %% solution="load"
#| export
@patch
def load(self: Trainer, path):
    saved, parameters = _read_checkpoint(path), self.model.parameters()
    if len(saved["parameters"]) != len(parameters):
        raise ValueError(f"{len(saved['parameters'])} parameters for {len(parameters)}")
    for parameter, array in zip(parameters, saved["parameters"]):
        if array.shape != parameter.shape or array.dtype != parameter.dtype:
            raise ValueError(f"{array.shape} {array.dtype} for {parameter.shape} {parameter.dtype}")
        parameter.data[...] = array
    self.optimizer.load_state_dict(saved["optimizer"])
    self.history = saved["history"]
    self._set_random_state(saved["random"])
