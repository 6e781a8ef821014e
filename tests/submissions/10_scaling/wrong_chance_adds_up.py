# %% [markdown]
# why: seed + epoch + index
# base: reference
# loses: {chance-seeded: 3}

# %% solution="seed-chance"
#| export
def _seed_chance(seed, epoch, index):
    "Seed random and np.random with what seed, epoch and index decide."
    random.seed(seed + epoch + index)
    np.random.seed(seed + epoch + index)
