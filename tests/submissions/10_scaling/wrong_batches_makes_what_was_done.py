# %% [markdown]
# why: makes the batches before the first, too
# base: reference
# loses: {loader-batches: 2}

# %% solution="batches"
#| export
@patch
def _batches(self: ScalingLoader, epoch, first=0):
    "Yield the batches of an epoch, from number `first` on."
    plan = self._plan(epoch)
    make = partial(_make_batch, self.dataset, self.collate_fn or self._collate_batch, self.seed, epoch)
    made = _beside(self, make, plan) if self.num_workers else map(make, plan)
    for number, batch in enumerate(made):
        if number >= first:
            yield batch
