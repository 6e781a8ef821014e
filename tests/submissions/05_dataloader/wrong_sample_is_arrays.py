# %% [markdown]
# why: a sample holds NumPy's arrays, not Tensors
# base: reference
# loses: {tensor-dataset-item: 3, tensor-dataset-scalar: 2}
# says: "both values should be Tensors"
# at: "line 23 of your cell `class TensorDataset`"

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
        if index < -self.n or index >= self.n:
            raise IndexError(f"Index {index} out of range for dataset of size {self.n}")
        return tuple(tensor.data[index] for tensor in self.tensors)
