# %% [markdown]
# why: random is left as it is
# base: reference
# loses: {chance-seeded: 3, batch-own-chance: 3}

# %% solution="seed-chance"
#| export
def _seed_chance(seed, epoch, index):
    "Seed random and np.random with what seed, epoch and index decide."
    words = np.random.SeedSequence([seed, epoch, index]).generate_state(8)
    np.random.seed(words)
