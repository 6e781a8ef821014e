# %% [markdown]
# why: an empty dataset is said to have a batch
# base: reference
# loses: {loader-len-empty: 1}

# %% solution="data-loader"
#| export
class DataLoader:
    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None):
        for method in ["__len__", "__getitem__"]:
            if not hasattr(dataset, method):
                raise TypeError(f"the dataset lacks {method}")
        if isinstance(batch_size, bool) or not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
            raise ValueError(f"batch_size has to be a positive integer, not {batch_size!r}")
        self.dataset = dataset
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.generator = generator

    def __len__(self):
        return max(1, -(-len(self.dataset) // self.batch_size))
