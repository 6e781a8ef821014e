# %% [markdown]
# why: bytes are given as megabytes, seconds as milliseconds
# base: reference
# loses: {question-memory-test: 2, question-collate-test: 1}

# %% solution="question-memory"
q1_batch_bytes = 96 * 224 * 224 * 3 * 4 / 1e6

# %% solution="question-collate"
q4_collate_seconds = 64 * 3 * 512 * 512 / 10e9 * 1000
