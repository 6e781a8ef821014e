# %% [markdown]
# why: the plain answer of a textbook page - a list of indices, random.shuffle, np.stack over .data, no validation
# base: reference
# loses:
#   tensor-dataset-unequal: 1
#   tensor-dataset-unequal-many: 1
#   tensor-dataset-none: 1
#   tensor-dataset-range: 1
#   loader-batch-size: 1
#   loader-dataset-type: 1
#   iter-generator: 1
#   iter-endless: 1
#   collate-tuple: 1
#   collate-numbers: 1
#   collate-bare: 1
#   collate-empty: 1
#   collate-ragged: 1
#   collate-lengths: 1
#   collate-types: 1
#   transform-layout: 1
#   transform-kinds: 1
#   transform-arguments: 1
#   transform-generator: 1

# %% solution="dataset"
#| export
class Dataset(ABC):
    @abstractmethod
    def __len__(self):
        pass

    @abstractmethod
    def __getitem__(self, idx):
        pass

# %% solution="tensor-dataset"
#| export
class TensorDataset(Dataset):
    def __init__(self, *tensors):
        self.tensors = tensors

    def __len__(self):
        return len(self.tensors[0].data)

    def __getitem__(self, idx):
        return tuple(Tensor(tensor.data[idx]) for tensor in self.tensors)

# %% solution="data-loader"
#| export
class DataLoader:
    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None):
        self.dataset = dataset
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.generator = generator

    def __len__(self):
        return (len(self.dataset) + self.batch_size - 1) // self.batch_size

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    indices = list(range(len(self.dataset)))
    if self.shuffle:
        random.shuffle(indices)
    for i in range(0, len(indices), self.batch_size):
        batch_indices = indices[i : i + self.batch_size]
        batch = [self.dataset[idx] for idx in batch_indices]
        yield self._collate_batch(batch)

# %% solution="loader-collate"
#| export
@patch
def _collate_batch(self: DataLoader, batch):
    num_tensors = len(batch[0])
    batched = []
    for k in range(num_tensors):
        stacked = np.stack([sample[k].data for sample in batch], axis=0)
        batched.append(Tensor(stacked))
    return tuple(batched)

# %% solution="flip"
#| export
class RandomHorizontalFlip:
    def __init__(self, p=0.5):
        self.p = p

    def __call__(self, x):
        if np.random.random() < self.p:
            return np.flip(x, axis=-1)
        return x

# %% solution="crop"
#| export
class RandomCrop:
    def __init__(self, size, padding=4):
        self.size = (size, size) if isinstance(size, (int, np.integer)) else size
        self.padding = padding

    def __call__(self, x):
        p = self.padding
        pad = [(0, 0)] * (x.ndim - 2) + [(p, p), (p, p)]
        padded = np.pad(x, pad)
        h, w = self.size
        top = np.random.randint(0, padded.shape[-2] - h + 1)
        left = np.random.randint(0, padded.shape[-1] - w + 1)
        return padded[..., top : top + h, left : left + w]
