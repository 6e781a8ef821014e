# %% [markdown]
# why: correct, NumPy's SeedSequence stirs the three numbers
# base: reference

# %% solution="seed-chance"
#| export
def _seed_chance(seed, epoch, index):
    "Seed random and np.random with what seed, epoch and index decide."
    words = np.random.SeedSequence([seed, epoch, index]).generate_state(8)
    random.seed(int.from_bytes(words.tobytes(), "little"))
    np.random.seed(words)
