# %% [markdown]
# why: negative indices are refused, all of them
# base: reference
# loses: {tensor-dataset-negative: 1}
# says: "ds[-1] counts from the end, as in a list | Index -1 out of range"
# at: "line 18 of your cell `class TensorDataset`"

# %% solution="tensor-dataset"
#| export
class TensorDataset(Dataset):
    def __init__(self, *tensors):
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                kind = type(tensor).__name__
                raise TypeError(f"TensorDataset takes Tensors, not {kind}: write Tensor(...)")
        if not tensors:
            raise ValueError("TensorDataset needs tensors")
        if any(len(t) != len(tensors[0]) for t in tensors):
            raise ValueError(f"All tensors must have same size in first dimension: {[len(t) for t in tensors]}")
        self.tensors = tensors

    def __len__(self):
        return len(self.tensors[0])

    def __getitem__(self, index):
        if not 0 <= index < len(self):
            raise IndexError(f"Index {index} out of range for dataset of size {len(self)}")
        return tuple(t[index] for t in self.tensors)
