# %% [markdown]
# why: correct, with recursion - the batches are halved until one is left, transforms and positions one by one
# base: reference

# %% solution="loader-iter"
#| export
def _from_to(loader, order, first, last):
    if last - first == 1:
        part = order[first * loader.batch_size : last * loader.batch_size]
        yield loader._collate_batch([loader.dataset[index] for index in part])
    elif last > first:
        middle = (first + last) // 2
        yield from _from_to(loader, order, first, middle)
        yield from _from_to(loader, order, middle, last)


@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    if self.shuffle and self.generator is not None:
        order = self.generator.permutation(n)
    elif self.shuffle:
        order = np.random.permutation(n)
    else:
        order = range(n)
    return _from_to(self, order, 0, -(-n // self.batch_size))

# %% solution="compose"
#| export
class Compose:
    def __init__(self, transforms):
        self.transforms = tuple(transforms)

    def __call__(self, image):
        return self._after(len(self.transforms), image)

    def _after(self, count, image):
        if count == 0:
            return image
        return self.transforms[count - 1](self._after(count - 1, image))
