# %% [markdown]
# why: the first batch is fetched by iter already
# base: reference
# loses: {iter-lazy: 3, iter-lazy-shuffled: 1, iter-profile: 1}

# %% solution="loader-iter"
#| export
import itertools


def _epoch(self):
    n = len(self.dataset)
    order = range(n)
    if self.shuffle:
        rng = np.random if self.generator is None else self.generator
        order = rng.permutation(n)
    for start in range(0, n, self.batch_size):
        samples = [self.dataset[index] for index in order[start : start + self.batch_size]]
        yield self._collate_batch(samples)


@patch
def __iter__(self: DataLoader):
    batches = _epoch(self)
    first = next(batches, None)
    if first is None:
        return iter(())
    return itertools.chain([first], batches)
