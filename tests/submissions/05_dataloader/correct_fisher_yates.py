# %% [markdown]
# why: correct, with a shuffle written by hand, and batches cut by index arithmetic over the number of batches
# base: reference

# %% solution="loader-iter"
#| export
def fisher_yates(n, randrange):
    order = np.arange(n)
    for last in range(n - 1, 0, -1):
        other = randrange(last + 1)
        order[last], order[other] = order[other], order[last]
    return order


@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    b = self.batch_size
    if self.shuffle:
        order = fisher_yates(n, random.randrange if self.generator is None else self.generator.integers)
    for k in range((n + b - 1) // b):
        samples = []
        for i in range(k * b, min(k * b + b, n)):
            samples += [self.dataset[order[i] if self.shuffle else i]]
        yield self._collate_batch(samples)
