# %% [markdown]
# why: the stub of __init__ is left below its code
# base: reference
# loses: {}
# says: "still stood below your code | delete line 14"
# at: "your cell `class DataLoader`"

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
        raise NotImplementedError("Write this step here, then delete this line.")

    def __len__(self):
        return (len(self.dataset) + self.batch_size - 1) // self.batch_size
