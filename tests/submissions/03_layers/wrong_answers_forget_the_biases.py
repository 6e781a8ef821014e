# %% [markdown]
# why: the biases are left out, and the batch too
# base: reference
# loses: {question-bytes-test: 1, question-work-test: 1}

# %% solution="question-bytes"
q1_parameter_bytes = 4 * (64 * 128 + 128 * 32 + 32 * 10)

# %% solution="question-work"
q2_multiply_adds = 64 * 128 + 128 * 32 + 32 * 10
