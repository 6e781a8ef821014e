# %% [markdown]
# why: Dataset is no abstract class, its methods raise NotImplementedError when they are called
# base: reference
# loses: {dataset-abstract: 2, dataset-incomplete: 2}

# %% solution="dataset"
#| export
class Dataset:
    def __len__(self):
        raise NotImplementedError("write __len__")

    def __getitem__(self, index):
        raise NotImplementedError("write __getitem__")
