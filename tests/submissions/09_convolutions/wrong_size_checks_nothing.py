# %% [markdown]
# why: what does not fit gets a size of 0 or less
# base: reference
# loses: {size-errors: 2}

# %% solution="output-size"
#| export
def _output_size(size, kernel, stride=(1, 1), padding=(0, 0)):
    return tuple((n + 2 * p - k) // s + 1 for n, k, s, p in zip(size, kernel, stride, padding))
