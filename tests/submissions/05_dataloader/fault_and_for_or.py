# %% [markdown]
# why: two conditions are joined with and, where either is enough
# base: reference
# loses: {loader-batch-size: 1}
# says: "batch_size=0 should raise ValueError; it raised nothing"
# at: "line 8 of your cell `class DataLoader`"

# %% solution="data-loader"
#| export
class DataLoader:
    """Batches of a dataset."""
    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None):
        for method in ("__len__", "__getitem__"):
            if not hasattr(dataset, method):
                raise TypeError(f"the dataset has no {method}")
        if not isinstance(batch_size, (int, np.integer)) and batch_size < 1:
            raise ValueError("batch_size must be a positive integer")
        self.dataset = dataset
        self.batch_size = int(batch_size)
        self.shuffle = shuffle
        self.generator = generator

    def __len__(self):
        return (len(self.dataset) + self.batch_size - 1) // self.batch_size
