# %% [markdown]
# why: len of a TensorDataset is the number of tensors
# base: reference
# loses: {tensor-dataset-len: 3}

# %% solution="tensor-dataset"
#| export
class TensorDataset(Dataset):
    def __init__(self, *tensors):
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                kind = type(tensor).__name__
                raise TypeError(f"TensorDataset takes Tensors, not {kind}: write Tensor(...)")
        if len(tensors) == 0:
            raise ValueError("TensorDataset needs one tensor or more")
        n = tensors[0].shape[0]
        for tensor in tensors:
            if tensor.shape[0] != n:
                raise ValueError(f"All tensors must have same size in first dimension, not {n} and {tensor.shape[0]}")
        self.tensors = tensors
        self.n = n

    def __len__(self):
        return len(self.tensors)

    def __getitem__(self, index):
        if index < -self.n or index >= self.n:
            raise IndexError(f"Index {index} out of range for dataset of size {self.n}")
        return tuple(tensor[index] for tensor in self.tensors)
