# %% [markdown]
# why: correct, but the line that raises NotImplementedError was left below each finished answer
# base: reference

# %% solution="data-loader"
#| export
class DataLoader:
    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None):
        if not hasattr(dataset, "__len__"):
            raise TypeError("__len__ missing")
        if not hasattr(dataset, "__getitem__"):
            raise TypeError("__getitem__ missing")
        if isinstance(batch_size, bool) or not isinstance(batch_size, (int, np.integer)) or batch_size <= 0:
            raise ValueError("not a positive integer")
        self.dataset = dataset
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.generator = generator
        return
        raise NotImplementedError("Write this step here, then delete this line.")

    def __len__(self):
        return int(np.ceil(len(self.dataset) / self.batch_size))
        raise NotImplementedError("Write this step here, then delete this line.")

# %% solution="compose"
#| export
class Compose:
    def __init__(self, transforms):
        self.transforms = transforms
        return
        raise NotImplementedError("Write this step here, then delete this line.")

    def __call__(self, image):
        for transform in self.transforms:
            image = transform(image)
        return image
        raise NotImplementedError("Write this step here, then delete this line.")
