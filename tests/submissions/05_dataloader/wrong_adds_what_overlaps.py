# %% [markdown]
# why: loading and computing are added although they overlap, and an index is taken for 4 bytes
# base: reference
# loses: {question-bottleneck-test: 2, question-shuffle-test: 1}

# %% solution="question-bottleneck"
q2_epoch_seconds = 2000 * (0.060 + 0.025 + 0.040 + 0.015)

# %% solution="question-shuffle"
q3_index_bytes = 35_000_000 * 4
