# %% [markdown]
# why: only objects of class Dataset are accepted, no list; steps 4 and 5 get a stand-in
# base: reference
# loses:
#   loader-len: 4
#   loader-len-empty: 1
#   loader-attributes: 2
#   loader-batch-size: 1
#   loader-accepts: 1
#   loader-len-huge: 1
#   loader-profile: 1

# %% solution="data-loader"
#| export
class DataLoader:
    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None):
        if not isinstance(dataset, Dataset):
            raise TypeError("dataset must be a Dataset, with __len__ and __getitem__")
        if isinstance(batch_size, bool) or not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
            raise ValueError(f"batch_size has to be a positive integer, not {batch_size!r}")
        self.dataset = dataset
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.generator = generator

    def __len__(self):
        return (len(self.dataset) + self.batch_size - 1) // self.batch_size
