# %% [markdown]
# why: the decorator is called, with brackets
# base: reference
# loses: {dataset-abstract: 2, dataset-incomplete: 2, dataset-complete: 2, dataset-profile: 1}
# says: "abstractmethod() missing 1 required positional argument | line 4"
# at: "your cell `class Dataset`"

# %% solution="dataset"
#| export
class Dataset(ABC):
    """One interface to any storage."""
    @abstractmethod()
    def __len__(self):
        pass

    @abstractmethod
    def __getitem__(self, index):
        pass
