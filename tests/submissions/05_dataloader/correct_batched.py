# %% [markdown]
# why: correct, with a helper like itertools.batched above the method, and map in place of loops
# base: reference

# %% solution="loader-iter"
#| export
from itertools import islice


def _batched(iterable, n):
    "batched('ABCDEFG', 3) gives ABC DEF G"
    it = iter(iterable)
    while chunk := list(islice(it, n)):
        yield chunk


def _epoch_order(n, shuffle, generator):
    if not shuffle:
        return range(n)
    if generator is not None:
        return generator.permutation(n)
    return np.random.permutation(n)


@patch
def __iter__(self: DataLoader):
    order = _epoch_order(len(self.dataset), self.shuffle, self.generator)
    yield from map(self._collate_batch, _batched(map(self.dataset.__getitem__, order), self.batch_size))

# %% solution="compose"
#| export
import functools


class Compose:
    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, image):
        return functools.reduce(lambda value, transform: transform(value), self.transforms, image)
