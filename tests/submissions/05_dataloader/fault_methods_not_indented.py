# %% [markdown]
# why: the methods stand beside the class, not in it
# base: reference
# loses: {dataset-abstract: 2, dataset-incomplete: 2}
# says: "should have the methods __len__ and __getitem__, indented"
# at: "line 6 of your cell `class Dataset`"

# %% solution="dataset"
#| export
class Dataset(ABC):
    """One interface to any storage."""

@abstractmethod
def __len__(self):
    pass

@abstractmethod
def __getitem__(self, index):
    pass
