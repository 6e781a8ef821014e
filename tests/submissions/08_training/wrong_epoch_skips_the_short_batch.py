# %% [markdown]
# why: a last batch that is shorter is left out
# base: reference
# loses: {means-weighted: 4, means-accuracy: 3, epoch-learns: 3, epoch-profile: 2}

# %% solution="train-epoch"
#| export
@patch
def _train_epoch(self: Trainer, loader) -> tuple:
    self.model.train()
    batches = list(loader)
    return _means(self._train_step, [batch for batch in batches if len(batch[1]) == len(batches[0][1])])
