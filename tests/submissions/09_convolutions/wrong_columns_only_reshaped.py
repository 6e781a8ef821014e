# %% [markdown]
# why: the axes keep their order, so windows are torn apart
# base: reference
# loses: {columns-values: 4}
# says: "the first column is the first window | it was [0, 4, 8"
# at: "line 6 of your cell `_columns`"

# %% solution="columns"
#| export
def _columns(windows):
    "Windows (N, C, height, width, kh, kw) as columns: (N, C * kh * kw, height * width)."
    count, channels, height, width, kernel_height, kernel_width = windows.shape
    length = channels * kernel_height * kernel_width
    return windows.reshape(count, length, height * width)
