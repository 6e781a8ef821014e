# %% [markdown]
# why: correct, and step 7 left as it was released - the loader asks for samples only
# base: reference

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    "Yield the batches of one epoch, each when it is asked for."
    count = len(self.dataset)
    if not self.shuffle:
        order = range(count)
    elif self.generator is not None:
        order = self.generator.permutation(count)
    else:
        order = np.random.permutation(count)
    for first in range(0, count, self.batch_size):
        yield self._collate_batch([self.dataset[i] for i in order[first:first + self.batch_size]])

# %% solution="get-batch"
#| export
pass  # OPTIONAL: YOUR CODE HERE
