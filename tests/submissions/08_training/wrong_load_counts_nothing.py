# %% [markdown]
# why: the number of parameters is not compared
# base: reference
# loses: {load-refuses: 3}

# %% solution="load"
#| export
@patch
def load(self: Trainer, path):
    "Go on from a checkpoint. Raises `ValueError` when it is none, or when it does not fit; then nothing has changed."
    saved, parameters = _read_checkpoint(path), self.model.parameters()
    arrays = saved["parameters"]
    for number, (parameter, array) in enumerate(zip(parameters, arrays)):
        if (array.shape, array.dtype) != (parameter.shape, parameter.dtype):
            there, here = f"{array.shape} {array.dtype}", f"{parameter.shape} {parameter.dtype}"
            raise ValueError(f"parameter {number} is {there} in the checkpoint, {here} in the model")
    self.optimizer.load_state_dict(saved["optimizer"])
    for parameter, array in zip(parameters, arrays):
        parameter.data[...] = array
    self.history = saved["history"]
    self._set_random_state(saved["random"])
