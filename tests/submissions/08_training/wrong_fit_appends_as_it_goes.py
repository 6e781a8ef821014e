# %% [markdown]
# why: the training numbers are appended before the epoch has ended
# base: reference
# loses: {fit-interrupted: 3}

# %% solution="fit"
#| export
@patch
def fit(self: Trainer, train_loader, val_loader=None, epochs=1, *, progress=True) -> dict:
    if epochs < 0:
        raise ValueError("epochs must not be negative")
    self._find_generators(train_loader, val_loader)
    done = len(self.history["train_loss"])
    for epoch in range(done + 1, done + epochs + 1):
        line = _Progress(f"epoch {epoch}/{done + epochs}", train_loader, None if progress else io.StringIO())
        loss, accuracy = self._train_epoch(line.watch())
        self.history["train_loss"].append(loss)
        self.history["train_accuracy"].append(accuracy)
        loss, accuracy = self.evaluate(val_loader) if val_loader else (float("nan"), float("nan"))
        self.history["val_loss"].append(loss)
        self.history["val_accuracy"].append(accuracy)
        line.finish({name: numbers[-1] for name, numbers in self.history.items()})
    return self.history
