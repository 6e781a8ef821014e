# %% [markdown]
# why: without a val_loader the numbers are 0
# base: reference
# loses: {fit-val: 3, fit-progress: 3}

# %% solution="fit"
#| export
@patch
def fit(self: Trainer, train_loader, val_loader=None, epochs=1, *, progress=True) -> dict:
    """Train for `epochs` more epochs; give the history, one number for each epoch so far in each of its lists.

    Raises `ValueError` for negative `epochs`. `progress` says whether a line for each epoch is written.
    """
    if epochs < 0:
        raise ValueError(f"epochs must not be negative; it was {epochs}")
    self._find_generators(train_loader, val_loader)
    done = len(self.history["train_loss"])
    for epoch in range(done + 1, done + epochs + 1):
        line = _Progress(f"epoch {epoch}/{done + epochs}", train_loader, None if progress else io.StringIO())
        train = self._train_epoch(line.watch())
        val = (0.0, 0.0) if val_loader is None else self.evaluate(val_loader)
        numbers = dict(zip(_HISTORY, (*train, *val)))
        for name, number in numbers.items():
            self.history[name].append(number)
        line.finish(numbers)
    return self.history
