# %% [markdown]
# why: the size is divided by / and comes as floats
# base: reference
# loses: {size-values: 3}
# says: "height and width should be ints; they were ['float']"
# at: "line 8 of your cell `_output_size`"

# %% solution="output-size"
#| export
def _output_size(size, kernel, stride=(1, 1), padding=(0, 0)):
    if min(stride) < 1:
        raise ValueError(f"a stride is at least 1; it was {stride}")
    spare = [length + 2 * pad - reach for length, reach, pad in zip(size, kernel, padding)]
    if min(spare) < 0:
        raise ValueError(f"a kernel of {kernel} does not fit into an image of {size} with padding {padding}")
    return tuple(left / step + 1 for left, step in zip(spare, stride))
