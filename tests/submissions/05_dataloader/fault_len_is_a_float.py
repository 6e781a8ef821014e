# %% [markdown]
# why: the number of batches is a quotient, and not rounded
# base: reference
# loses: {loader-len: 4, loader-len-empty: 1, loader-accepts: 1, loader-len-huge: 1}
# says: "'float' object cannot be interpreted as an integer"
# at: "line 16 of your cell `class DataLoader`"

# %% solution="data-loader"
#| export
class DataLoader:
    """Batches of a dataset."""
    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None):
        for method in ("__len__", "__getitem__"):
            if not hasattr(dataset, method):
                raise TypeError(f"the dataset has no {method}")
        if isinstance(batch_size, bool) or not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
            raise ValueError("batch_size must be a positive integer")
        self.dataset = dataset
        self.batch_size = int(batch_size)
        self.shuffle = shuffle
        self.generator = generator

    def __len__(self):
        return len(self.dataset) / self.batch_size
