# %% [markdown]
# why: the samples that do not divide evenly are left out
# base: reference
# loses: {shards-cover: 3, shards-epochs: 3, shards-len: 1}

# %% solution="sharded-sampler"
#| export
class ShardedSampler:
    """The indices of one rank's samples; all ranks together have each sample exactly once, in every epoch.

    PyTorch's DistributedSampler gives some samples twice, so that all ranks have equally many. Here shares differ by
    one at most, and a loop that needs equally many batches says so itself.

    Args:
        samples: how many samples there are.
        rank, world_size: which share this is, of how many.
        shuffle: whether each epoch has an order of its own, decided by `seed` and `set_epoch`.

    Raises:
        ValueError: there is no such rank, or `samples` is negative.
    """
    def __init__(self, samples, rank, world_size, shuffle=True, seed=0):
        if world_size < 1 or not 0 <= rank < world_size or samples < 0:
            raise ValueError(f"there is no rank {rank} of {world_size} for {samples} samples")
        self.samples, self.rank, self.world_size = samples, rank, world_size
        self.shuffle, self.seed, self.epoch = shuffle, seed, 0

    def set_epoch(self, epoch):
        "Choose the epoch whose order comes next."
        self.epoch = epoch

    def __len__(self):
        return self.samples // self.world_size

    def __iter__(self):
        order = np.arange(self.samples)
        if self.shuffle:
            order = np.random.default_rng([self.seed, self.epoch]).permutation(self.samples)
        return iter(order[self.rank::self.world_size].tolist()[:len(self)])
