# %% [markdown]
# why: correct, each shuffled batch is drawn from what is left when it is asked for
# base: reference

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    total = len(self.dataset)
    left = np.arange(total) if self.shuffle else range(total)
    for start in range(0, total, self.batch_size):
        stop = min(start + self.batch_size, total)
        if self.shuffle:
            for place in range(start, stop):
                if self.generator is not None:
                    other = int(self.generator.integers(place, total))
                else:
                    other = random.randrange(place, total)
                left[[place, other]] = left[[other, place]]
        yield self._collate_batch([self.dataset[int(index)] for index in left[start:stop]])
