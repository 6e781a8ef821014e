# %% [markdown]
# why: collate_fn is forgotten
# base: reference
# loses: {loader-batches: 2}

# %% solution="batches"
#| export
@patch
def _batches(self: ScalingLoader, epoch, first=0):
    "Yield the batches of an epoch, from number `first` on."
    plan = self._plan(epoch)[first:]
    make = partial(_make_batch, self.dataset, self._collate_batch, self.seed, epoch)
    yield from _beside(self, make, plan) if self.num_workers else map(make, plan)
