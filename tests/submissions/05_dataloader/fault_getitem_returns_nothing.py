# %% [markdown]
# why: __getitem__ forgets its return
# base: reference
# loses:
#   tensor-dataset-item: 3
#   tensor-dataset-many: 2
#   tensor-dataset-scalar: 2
#   tensor-dataset-negative: 1
# says: "a sample of two tensors is a tuple of 2; it was None | Is a `return` missing in `__getitem__`?"
# at: "line 22 of your cell `class TensorDataset`"

# %% solution="tensor-dataset"
#| export
class TensorDataset(Dataset):
    """Tensors side by side."""
    def __init__(self, *tensors):
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                kind = type(tensor).__name__
                raise TypeError(f"TensorDataset takes Tensors, not {kind}: write Tensor(...)")
        if len(tensors) == 0:
            raise ValueError("at least one tensor is needed")
        sizes = [len(tensor) for tensor in tensors]
        if min(sizes) != max(sizes):
            raise ValueError(f"All tensors must have same size in first dimension: {sizes}")
        self.tensors = tensors

    def __len__(self):
        return len(self.tensors[0])

    def __getitem__(self, index):
        if index >= len(self) or index < -len(self):
            raise IndexError(f"Index {index} out of range for dataset of size {len(self)}")
        tuple(tensor[index] for tensor in self.tensors)
