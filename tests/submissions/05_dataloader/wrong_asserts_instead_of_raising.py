# %% [markdown]
# why: sizes and number of tensors are checked by assert, which is no ValueError
# base: reference
# loses: {tensor-dataset-unequal: 1, tensor-dataset-unequal-many: 1, tensor-dataset-none: 1}

# %% solution="tensor-dataset"
#| export
class TensorDataset(Dataset):
    def __init__(self, *tensors):
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                kind = type(tensor).__name__
                raise TypeError(f"TensorDataset takes Tensors, not {kind}: write Tensor(...)")
        assert len(tensors) > 0
        sizes = [len(t) for t in tensors]
        assert min(sizes) == max(sizes), f"All tensors must have same size in first dimension: {sizes}"
        self.tensors = tensors

    def __len__(self):
        return len(self.tensors[0])

    def __getitem__(self, index):
        if index not in range(-len(self), len(self)):
            raise IndexError(f"Index {index} out of range for dataset of size {len(self)}")
        return tuple(t[index] for t in self.tensors)
