# %% [markdown]
# why: yields the map, not what is in it
# base: reference
# loses: {loader-batches: 2}
# says: the first batch should be a tuple of Tensors
# at: "line 6 of your cell `ScalingLoader._batches`"

# %% solution="batches"
#| export
@patch
def _batches(self: ScalingLoader, epoch, first=0):
    plan = self._plan(epoch)[first:]
    make = partial(_make_batch, self.dataset, self.collate_fn or self._collate_batch, self.seed, epoch)
    yield _beside(self, make, plan) if self.num_workers else map(make, plan)
