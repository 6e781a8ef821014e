# %% [markdown]
# why: TensorDataset copies its tensors, and every sample again
# base: reference
# loses: {tensor-dataset-profile: 2}

# %% solution="tensor-dataset"
#| export
class TensorDataset(Dataset):
    def __init__(self, *tensors):
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                kind = type(tensor).__name__
                raise TypeError(f"TensorDataset takes Tensors, not {kind}: write Tensor(...)")
        if not tensors:
            raise ValueError("no tensors")
        sizes = [t.shape[0] for t in tensors]
        if len(set(sizes)) != 1:
            raise ValueError(f"All tensors must have same size in first dimension, got {sizes}")
        self.tensors = [Tensor(t.data.copy(), dtype=t.dtype) for t in tensors]

    def __len__(self):
        return self.tensors[0].shape[0]

    def __getitem__(self, index):
        if not -len(self) <= index < len(self):
            raise IndexError(f"Index {index} out of range for dataset of size {len(self)}")
        return tuple(Tensor(np.array(t.data[index]), dtype=t.dtype) for t in self.tensors)
