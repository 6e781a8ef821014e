# %% [markdown]
# why: negative indices count from the end, as they do in a list
# base: reference
# loses: {tensor-dataset-negative: 1}

# %% solution="tensor-dataset"
#| export
class TensorDataset(Dataset):
    def __init__(self, *tensors):
        if not tensors:
            raise ValueError("TensorDataset needs tensors")
        if any(len(t) != len(tensors[0]) for t in tensors):
            raise ValueError(f"All tensors must have same size in first dimension: {[len(t) for t in tensors]}")
        self.tensors = tensors

    def __len__(self):
        return len(self.tensors[0])

    def __getitem__(self, index):
        if index >= len(self):
            raise IndexError(f"Index {index} out of range for dataset of size {len(self)}")
        return tuple(t[index] for t in self.tensors)
