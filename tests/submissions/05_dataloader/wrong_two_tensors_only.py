# %% [markdown]
# why: a dataset takes exactly two tensors, images and labels
# base: reference
# loses: {tensor-dataset-many: 2}

# %% solution="tensor-dataset"
#| export
class TensorDataset(Dataset):
    def __init__(self, *tensors):
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                kind = type(tensor).__name__
                raise TypeError(f"TensorDataset takes Tensors, not {kind}: write Tensor(...)")
        if not tensors:
            raise ValueError("give me images and labels")
        images, labels = tensors
        if len(images) != len(labels):
            raise ValueError(f"All tensors must have same size in first dimension, not {len(images)} and {len(labels)}")
        self.images, self.labels = images, labels

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        if not -len(self.images) <= index < len(self.images):
            raise IndexError(f"Index {index} out of range for dataset of size {len(self.images)}")
        return self.images[index], self.labels[index]
