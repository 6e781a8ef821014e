# %% [markdown]
# why: step 3 is not valid Python; the other steps keep their points
# base: reference
# loses:
#   loader-len: 4
#   loader-len-empty: 1
#   loader-attributes: 2
#   loader-batch-size: 1
#   loader-accepts: 1
#   loader-dataset-type: 1
#   loader-len-huge: 1
#   loader-profile: 1

# %% solution="data-loader"
#| export
class DataLoader:
    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None):
        self.dataset, self.batch_size = dataset, batch_size
        self.shuffle, self.generator = shuffle, generator

    def __len__(self)
        return -(-len(self.dataset) // self.batch_size)
