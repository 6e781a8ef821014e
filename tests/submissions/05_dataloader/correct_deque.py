# %% [markdown]
# why: correct, with a deque of indices that empties itself, and iterators that are made of two functions
# base: reference

# %% solution="loader-iter"
#| export
from collections import deque


@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    if self.shuffle:
        indices = deque(random.sample(range(n), n) if self.generator is None else self.generator.permutation(n).tolist())
        take = indices.popleft
        left = indices.__len__
    else:
        ordered = iter(range(n))
        take = ordered.__next__
        left = ordered.__length_hint__
    while left():
        yield self._collate_batch([self.dataset[take()] for _ in range(min(self.batch_size, left()))])
