# %% [markdown]
# why: errors come as they are
# base: reference
# loses: {batch-errors: 2}

# %% solution="make-batch"
#| export
def _make_batch(dataset, collate, seed, epoch, indices):
    "Collate the samples of some indices, each fetched with its own chance; what fails is a SampleError."
    indices, samples = indices.tolist(), []
    with _chance_kept():
        for index in indices:
            _seed_chance(seed, epoch, index)
            samples.append(dataset[index])
        return collate(samples)
