# %% [markdown]
# why: whether the dataset has both methods is not checked
# base: reference
# loses: {loader-dataset-type: 1}

# %% solution="data-loader"
#| export
class DataLoader:
    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None):
        if isinstance(batch_size, bool) or not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
            raise ValueError(f"batch_size has to be a positive integer, not {batch_size!r}")
        self.dataset = dataset
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.generator = generator

    def __len__(self):
        return (len(self.dataset) + self.batch_size - 1) // self.batch_size
