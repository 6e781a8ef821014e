# %% [markdown]
# why: the arguments are kept under names of its own; steps 4 and 5 get a stand-in
# base: reference
# loses: {loader-attributes: 2}

# %% solution="data-loader"
#| export
class DataLoader:
    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None):
        for method in ["__len__", "__getitem__"]:
            if not hasattr(dataset, method):
                raise TypeError(f"the dataset lacks {method}")
        if isinstance(batch_size, bool) or not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
            raise ValueError(f"batch_size has to be a positive integer, not {batch_size!r}")
        self.data = dataset
        self.bs = batch_size
        self.mix = shuffle
        self.rng = generator

    def __len__(self):
        return (len(self.data) + self.bs - 1) // self.bs
