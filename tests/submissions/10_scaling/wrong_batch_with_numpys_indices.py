# %% [markdown]
# why: asks with np.int64
# base: reference
# loses: {batch-own-chance: 3, batch-errors: 2}

# %% solution="make-batch"
#| export
def _make_batch(dataset, collate, seed, epoch, indices):
    "Collate the samples of some indices, each fetched with its own chance; what fails is a SampleError."
    indices, samples = indices.tolist(), []
    with _chance_kept():
        for index in np.array(indices):
            _seed_chance(seed, epoch, index)
            samples.append(_tried(index, operator.getitem, dataset, index))
        return _tried(indices, collate, samples)
