# %% [markdown]
# why: chance belongs to the batch
# base: reference
# loses: {batch-own-chance: 3}

# %% solution="make-batch"
#| export
def _make_batch(dataset, collate, seed, epoch, indices):
    "Collate the samples of some indices, each fetched with its own chance; what fails is a SampleError."
    indices, samples = indices.tolist(), []
    with _chance_kept():
        _seed_chance(seed, epoch, indices[0])
        for index in indices:
            samples.append(_tried(index, operator.getitem, dataset, index))
        return _tried(indices, collate, samples)
