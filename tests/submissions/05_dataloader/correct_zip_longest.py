# %% [markdown]
# why: correct, with the grouper recipe - zip_longest over one iterator, batch_size times
# base: reference

# %% solution="loader-iter"
#| export
from itertools import zip_longest

_NOTHING = object()


@patch
def __iter__(self: DataLoader):
    count = len(self.dataset)
    if not self.shuffle:
        order = range(count)
    elif self.generator is None:
        order = random.sample(range(count), k=count)
    else:
        order = self.generator.permutation(count)
    for group in zip_longest(*[iter(order)] * self.batch_size, fillvalue=_NOTHING):
        yield self._collate_batch([self.dataset[i] for i in group if i is not _NOTHING])

# %% solution="loader-collate"
#| export
@patch
def _collate_batch(self: DataLoader, batch):
    _refuse_loss(batch)
    batch = [list(sample) if isinstance(sample, (list, tuple)) else [sample] for sample in batch]
    if len({len(sample) for sample in batch}) > 1:
        longest, shortest = max(map(len, batch)), min(map(len, batch))
        raise ValueError(f"some samples have {longest} values, others {shortest}")
    tensors = []
    for position, column in enumerate(zip(*batch, strict=True)):
        bad = [value for value in column if not isinstance(value, (Tensor, np.ndarray, np.generic, int, float))]
        if bad:
            raise TypeError(f"no {type(bad[0]).__name__} allowed at position {position}")
        arrays = [np.asarray(value.data) if isinstance(value, Tensor) else np.asarray(value) for value in column]
        shapes = list(dict.fromkeys(array.shape for array in arrays))
        if len(shapes) > 1:
            raise ValueError(f"position {position} mixes the shapes {', '.join(map(str, shapes))}")
        tensors.append(Tensor(np.concatenate([array[np.newaxis] for array in arrays])))
    return tuple(tensors)
