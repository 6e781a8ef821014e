# %% [markdown]
# why: __iter__ gives an array, which is no iterator
# base: reference
# loses: {shards-cover: 3, shards-epochs: 3}
# says: iter() returned non-iterator
# at: "line 19 of your cell `class ShardedSampler`"

# %% solution="sharded-sampler"
#| export
class ShardedSampler:
    def __init__(self, samples, rank, world_size, shuffle=True, seed=0):
        if world_size < 1 or not 0 <= rank < world_size or samples < 0:
            raise ValueError((samples, rank, world_size))
        self.samples, self.rank, self.world_size = samples, rank, world_size
        self.shuffle, self.seed, self.epoch = shuffle, seed, 0

    def set_epoch(self, epoch):
        self.epoch = epoch

    def __len__(self):
        return len(range(self.rank, self.samples, self.world_size))

    def __iter__(self):
        order = np.arange(self.samples)
        if self.shuffle:
            order = np.random.default_rng([self.seed, self.epoch]).permutation(self.samples)
        return order[self.rank::self.world_size]
