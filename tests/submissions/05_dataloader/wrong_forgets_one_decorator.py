# %% [markdown]
# why: __getitem__ lacks its decorator, so a dataset without it can be made
# base: reference
# loses: {dataset-incomplete: 2}
# says: "a subclass without __getitem__ should raise TypeError"
# at: "of your cell `class Dataset`: `def __getitem__"

# %% solution="dataset"
#| export
class Dataset(ABC):
    @abstractmethod
    def __len__(self):
        ...

    def __getitem__(self, index):
        ...
