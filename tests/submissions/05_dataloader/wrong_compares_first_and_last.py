# %% [markdown]
# why: of three tensors, only the first and the last are compared
# base: reference
# loses: {tensor-dataset-unequal-many: 1}

# %% solution="tensor-dataset"
#| export
class TensorDataset(Dataset):
    """Tensors of equal size along dimension 0, side by side: sample i is the tuple of their i-th entries.

    Args:
        *tensors: one or more Tensors of shape (n, ...), any dtype; kept as they are, not copied.

    Raises:
        ValueError: no tensor given, or sizes along dimension 0 differ.
        IndexError: an index outside -n <= index < n; negative ones count from the end.
    """
    def __init__(self, *tensors):
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                kind = type(tensor).__name__
                raise TypeError(f"TensorDataset takes Tensors, not {kind}: write Tensor(...)")
        if not tensors:
            raise ValueError("TensorDataset needs at least one tensor; none was given")
        sizes = [len(tensor) for tensor in tensors]
        if sizes[0] != sizes[-1]:
            raise ValueError(f"All tensors must have same size in first dimension; they have {sizes}")
        self.tensors = tensors

    def __len__(self):
        return len(self.tensors[0])

    def __getitem__(self, index):
        if not -len(self) <= index < len(self):
            raise IndexError(f"Index {index} out of range for dataset of size {len(self)}")
        return tuple(tensor[index] for tensor in self.tensors)
