# %% [markdown]
# why: every loop is the same epoch
# base: reference
# loses: {loop-epochs: 3, state-resumes: 4}

# %% solution="run"
#| export
@patch
def _run(self: ScalingLoader):
    "Yield the batches from `_next` on, and note in `_at` how far it is."
    epoch, first = self._next
    self._at, self._next = (epoch, first), (epoch, 0)
    with closing(self._batches(epoch, first)) as batches:
        for handed, batch in enumerate(batches, first + 1):
            self._at = epoch, handed
            yield batch
    self._at = epoch + 1, 0
