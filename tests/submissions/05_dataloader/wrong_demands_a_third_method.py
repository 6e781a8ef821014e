# %% [markdown]
# why: Dataset is abstract in __iter__ too, so a complete dataset cannot be made
# base: reference
# loses: {dataset-complete: 2, dataset-profile: 1}

# %% solution="dataset"
#| export
class Dataset(ABC):
    @abstractmethod
    def __len__(self):
        pass

    @abstractmethod
    def __getitem__(self, index):
        pass

    @abstractmethod
    def __iter__(self):
        pass
