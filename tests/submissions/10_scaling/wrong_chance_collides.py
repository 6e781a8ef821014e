# %% [markdown]
# why: seed, epoch and index become one number, in which an index of 100 is another epoch
# base: reference
# loses: {chance-seeded: 3}

# %% solution="seed-chance"
#| export
def _seed_chance(seed, epoch, index):
    "Seed random and np.random with what seed, epoch and index decide."
    random.seed(1000 * seed + 100 * epoch + index)
    np.random.seed([random.getrandbits(32) for _ in range(4)])
