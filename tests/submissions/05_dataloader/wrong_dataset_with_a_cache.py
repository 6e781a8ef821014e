# %% [markdown]
# why: Dataset makes room for every sample as soon as it is created
# base: reference
# loses: {dataset-profile: 1}

# %% solution="dataset"
#| export
class Dataset(ABC):
    def __new__(cls, *arguments, **options):
        self = super().__new__(cls)
        try:
            self.cache = [None] * len(self)
        except AttributeError:  # __init__ has to run first
            self.cache = []
        return self

    @abstractmethod
    def __len__(self):
        pass

    @abstractmethod
    def __getitem__(self, index):
        pass
