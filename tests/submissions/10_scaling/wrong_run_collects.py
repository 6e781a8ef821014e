# %% [markdown]
# why: makes all batches before it gives the first
# base: reference
# loses: {loop-lazy: 1}

# %% solution="run"
#| export
@patch
def _run(self: ScalingLoader):
    "Yield the batches from `_next` on, and note in `_at` how far it is."
    epoch, first = self._next
    self._at, self._next = (epoch, first), (epoch + 1, 0)
    with closing(self._batches(epoch, first)) as batches:
        for handed, batch in enumerate(list(batches), first + 1):
            self._at = epoch, handed
            yield batch
    self._at = epoch + 1, 0
