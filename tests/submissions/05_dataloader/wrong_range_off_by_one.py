# %% [markdown]
# why: index n passes the check, and NumPy's own message comes
# base: reference
# loses: {tensor-dataset-range: 1}
# says: "'Index 3 out of range for dataset of size 3' | out of bounds for axis 0 | This condition was not true"
# at: "line 21 of your cell `class TensorDataset`"

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
        return self.n

    def __getitem__(self, index):
        if index < -self.n or index > self.n:
            raise IndexError(f"Index {index} out of range for dataset of size {self.n}")
        return tuple(tensor[index] for tensor in self.tensors)
