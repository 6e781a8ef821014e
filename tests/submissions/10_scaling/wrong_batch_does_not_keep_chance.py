# %% [markdown]
# why: Dropout draws from what the loader left
# base: reference
# loses: {batch-own-chance: 3}

# %% solution="make-batch"
#| export
def _make_batch(dataset, collate, seed, epoch, indices):
    "Collate the samples of some indices, each fetched with its own chance; what fails is a SampleError."
    indices, samples = indices.tolist(), []
    if True:
        for index in indices:
            _seed_chance(seed, epoch, index)
            samples.append(_tried(index, operator.getitem, dataset, index))
        return _tried(indices, collate, samples)
