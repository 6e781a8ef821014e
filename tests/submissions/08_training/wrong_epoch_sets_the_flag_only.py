# %% [markdown]
# why: only the flag of the model itself is set
# base: reference
# loses: {epoch-mode: 2}

# %% solution="train-epoch"
#| export
@patch
def _train_epoch(self: Trainer, loader) -> tuple:
    "Learn from every batch once, in training mode; give the means of loss and accuracy over the samples."
    self.model.training = True
    return _means(self._train_step, loader)
