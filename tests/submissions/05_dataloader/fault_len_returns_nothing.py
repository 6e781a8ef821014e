# %% [markdown]
# why: __len__ forgets its return
# base: reference
# loses:
#   tensor-dataset-len: 3
#   tensor-dataset-item: 3
#   tensor-dataset-many: 2
#   tensor-dataset-scalar: 2
#   tensor-dataset-range: 1
#   tensor-dataset-negative: 1
#   tensor-dataset-profile: 2
# says: "its length is the size of dimension 0 | `__len__` returned None: is a `return` missing?"
# at: "line 17 of your cell `class TensorDataset`"

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
        len(self.tensors[0])

    def __getitem__(self, index):
        if index >= len(self) or index < -len(self):
            raise IndexError(f"Index {index} out of range for dataset of size {len(self)}")
        return tuple(tensor[index] for tensor in self.tensors)
