# %% [markdown]
# why: the history is not brought back
# base: reference
# loses: {load-brings-back: 3, load-resumes: 4}
# says: one loss of 13 should be back
# at: "line 3 of your cell `Trainer.load`"

# %% solution="load"
#| export
@patch
def load(self: Trainer, path):
    "Go on from a checkpoint. Raises `ValueError` when it is none, or when it does not fit; then nothing has changed."
    saved, parameters = _read_checkpoint(path), self.model.parameters()
    arrays = saved["parameters"]
    if len(arrays) != len(parameters):
        raise ValueError(f"the checkpoint has {len(arrays)} parameters, the model {len(parameters)}")
    for number, (parameter, array) in enumerate(zip(parameters, arrays)):
        if (array.shape, array.dtype) != (parameter.shape, parameter.dtype):
            there, here = f"{array.shape} {array.dtype}", f"{parameter.shape} {parameter.dtype}"
            raise ValueError(f"parameter {number} is {there} in the checkpoint, {here} in the model")
    self.optimizer.load_state_dict(saved["optimizer"])
    for parameter, array in zip(parameters, arrays):
        parameter.data[...] = array
    self._set_random_state(saved["random"])
