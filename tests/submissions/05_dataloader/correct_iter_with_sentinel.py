# %% [markdown]
# why: correct, with iter(function, sentinel) and closures in place of a generator
# base: reference

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    start = 0
    order = range(n)
    if self.shuffle:
        order = np.random.permutation(n) if self.generator is None else self.generator.permutation(n)
    done = object()

    def batch_or_done():
        nonlocal start
        if start >= n:
            return done
        part = order[start : start + self.batch_size]
        start += len(part)
        return self._collate_batch([self.dataset[int(i)] for i in part])

    return iter(batch_or_done, done)
