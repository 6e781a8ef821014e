# %% [markdown]
# why: checks nothing
# base: reference
# loses: {loader-refuses: 2}

# %% solution="scaling-loader"
#| export
class ScalingLoader(DataLoader):
    """A DataLoader whose batches are the same, to the bit, for every number of workers; each loop is a new epoch.

    Args:
        dataset, batch_size, shuffle: as for a DataLoader.
        num_workers: processes that make batches; 0: this one does.
        collate_fn: makes a batch of a list of samples; without it, the DataLoader's way.
        sampler: gives the indices, in place of `shuffle`; it has to give the same ones for the same epoch.
        seed: decides the order, and, with epoch and index, what a sample draws from `random` and `np.random`.
        ahead: how many batches wait for each worker.
    """
    def __init__(self, dataset, batch_size, shuffle=False, *, num_workers=0, workers="processes",
                 collate_fn=None, sampler=None, seed=0, ahead=2):
        super().__init__(dataset, batch_size, shuffle)
        self._next = self._at = 0, 0
        self._runs = weakref.WeakSet()
        if workers not in ("processes", "threads"):
            raise ValueError(f"workers must be 'processes' or 'threads'; it was {workers!r}")
        self.workers = workers
        self.num_workers, self.ahead, self.seed, self.collate_fn = num_workers, ahead, seed, collate_fn
        self.sampler = ShardedSampler(len(dataset), 0, 1, shuffle, seed) if sampler is None else sampler

    def __len__(self):
        return -(-len(self.sampler) // self.batch_size)

    def _plan(self, epoch):
        "The indices of each batch of an epoch."
        if hasattr(self.sampler, "set_epoch"):
            self.sampler.set_epoch(epoch)
        order = np.fromiter(self.sampler, np.int64)
        return [order[start:start + self.batch_size] for start in range(0, len(order), self.batch_size)]
