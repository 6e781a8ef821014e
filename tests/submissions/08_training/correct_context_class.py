# %% [markdown]
# why: correct, with a class for the context, generators for the sums, and deepcopy for the snapshot
# base: reference

# %% solution="train-step"
#| export
@patch
def _train_step(self: Trainer, inputs, targets) -> tuple:
    "Learn from one batch; give its loss (a float) and how many were right, both before the update."
    for parameter in self.model.parameters():
        parameter.grad = None
    loss = self.loss_fn(scores := self.model(inputs), targets)
    outcome = loss.item(), _count_right(scores, targets)
    loss.backward()
    self.optimizer.step()
    return outcome

# %% solution="evaluating"
#| export
class _evaluating:
    "Inside `with _evaluating(model):` it is in eval mode and nothing is recorded; then each layer's mode is what it was."

    def __init__(self, model):
        self.layers, self.recording = _find(model, Layer), no_grad()

    def __enter__(self):
        self.modes = [layer.training for layer in self.layers]
        for layer in self.layers:
            layer.training = False
        self.recording.__enter__()

    def __exit__(self, *error):
        self.recording.__exit__(*error)
        for layer, mode in zip(self.layers, self.modes):
            layer.training = mode

# %% solution="evaluate"
#| export
@patch
@no_grad()
def evaluate(self: Trainer, loader) -> tuple:
    with _evaluating(self.model):
        outputs = ((self.model(inputs), targets) for inputs, targets in loader)
        return _means(lambda scores, targets: (float(self.loss_fn(scores, targets)), _count_right(scores, targets)), outputs)

# %% solution="fit"
#| export
@patch
def fit(self: Trainer, train_loader, val_loader=None, epochs=1, *, progress=True) -> dict:
    if epochs < 0:
        raise ValueError("a number of epochs is not negative")
    self._find_generators(train_loader, val_loader)
    last = len(self.history[_HISTORY[0]]) + epochs
    while len(self.history[_HISTORY[0]]) < last:
        line = _Progress(f"epoch {len(self.history[_HISTORY[0]]) + 1}/{last}", train_loader)
        row = self._train_epoch(line.watch() if progress else train_loader)
        row += self.evaluate(val_loader) if val_loader is not None else (np.nan,) * 2
        self.history = {name: [*self.history[name], number] for name, number in zip(_HISTORY, row)}
        if progress:
            line.finish(dict(zip(_HISTORY, row)))
    return self.history

# %% solution="snapshot"
#| export
@patch
def _snapshot(self: Trainer) -> dict:
    from copy import deepcopy
    parts = {"optimizer": self.optimizer.state_dict(), "history": self.history, "random": self._random_state()}
    return deepcopy(parts | {"parameters": [parameter.data for parameter in self.model.parameters()]})

# %% solution="replace-file"
#| export
def _replace_file(path, write):
    beside = f"{path}~"
    done = False
    try:
        with open(beside, "xb") as file:
            write(file)
        done = True
    finally:
        os.replace(beside, path) if done else os.unlink(beside)

# %% solution="load"
#| export
@patch
def load(self: Trainer, path):
    saved, parameters = _read_checkpoint(path), self.model.parameters()
    there = [(array.shape, array.dtype.name) for array in saved["parameters"]]
    here = [(parameter.shape, parameter.dtype.name) for parameter in parameters]
    if there != here:
        raise ValueError(f"{len(there)} parameters {there} cannot go on as {len(here)} parameters {here}")
    self.optimizer.load_state_dict(saved["optimizer"])
    for parameter, array in zip(parameters, saved["parameters"]):
        np.copyto(parameter.data, array)
    self.history.clear()
    self.history.update(saved["history"])
    self._set_random_state(saved["random"])
