# %% [markdown]
# why: fit gives nothing back
# base: reference
# loses: {fit-history: 4, fit-val: 3}
# says: fit should return self.history | it gave None
# at: "line 8 of your cell `Trainer.fit`"

# %% solution="fit"
#| export
@patch
def fit(self: Trainer, train_loader, val_loader=None, epochs=1, *, progress=True) -> dict:
    if epochs < 0:
        raise ValueError(f"epochs must not be negative; it was {epochs}")
    self._find_generators(train_loader, val_loader)
    done = len(self.history["train_loss"])
    for epoch in range(done + 1, done + epochs + 1):
        line = _Progress(f"epoch {epoch}/{done + epochs}", train_loader, None if progress else io.StringIO())
        train = self._train_epoch(line.watch())
        val = (float("nan"), float("nan")) if val_loader is None else self.evaluate(val_loader)
        numbers = dict(zip(_HISTORY, (*train, *val)))
        for name, number in numbers.items():
            self.history[name].append(number)
        line.finish(numbers)
