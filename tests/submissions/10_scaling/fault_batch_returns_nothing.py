# %% [markdown]
# why: the batch is not given back
# base: reference
# loses: {batch-own-chance: 3, loader-batches: 2}
# says: "Is a `return` missing? | `_make_batch` returned None"
# at: "line 8 of your cell `_make_batch`"

# %% solution="make-batch"
#| export
def _make_batch(dataset, collate, seed, epoch, indices):
    indices, samples = indices.tolist(), []
    with _chance_kept():
        for index in indices:
            _seed_chance(seed, epoch, index)
            samples.append(_tried(index, operator.getitem, dataset, index))
        _tried(indices, collate, samples)
