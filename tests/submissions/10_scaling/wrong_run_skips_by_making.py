# %% [markdown]
# why: makes the batches that were done, and throws them away
# base: reference
# loses: {resume-profile: 2}

# %% solution="run"
#| export
@patch
def _run(self: ScalingLoader):
    "Yield the batches from `_next` on, and note in `_at` how far it is."
    epoch, first = self._next
    self._at, self._next = (epoch, first), (epoch + 1, 0)
    with closing(self._batches(epoch)) as batches:
        for handed, batch in enumerate(batches, 1):
            if handed <= first:
                continue
            self._at = epoch, handed
            yield batch
    self._at = epoch + 1, 0
