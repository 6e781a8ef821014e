# %% [markdown]
# why: __getitem__ lacks its decorator, so a dataset without it can be made
# base: reference
# loses: {dataset-incomplete: 2}

# %% solution="dataset"
#| export
class Dataset(ABC):
    @abstractmethod
    def __len__(self):
        ...

    def __getitem__(self, index):
        ...
