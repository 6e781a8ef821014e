# %% [markdown]
# why: a list of all indices is made when the loader is built, and kept
# base: reference
# loses: {loader-len-huge: 1, loader-profile: 1}

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
        self.indices = list(range(len(dataset)))
        self.generator = generator

    def __len__(self):
        return (len(self.dataset) + self.batch_size - 1) // self.batch_size
