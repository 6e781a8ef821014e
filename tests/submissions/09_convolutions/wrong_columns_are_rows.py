# %% [markdown]
# why: every window is a row, not a column
# base: reference
# loses: {columns-values: 4}
# says: matrices of (1, 8, 4); they were (1, 4, 8)
# at: "line 6 of your cell `_columns`"

# %% solution="columns"
#| export
def _columns(windows):
    "Windows (N, C, height, width, kh, kw) as columns: (N, C * kh * kw, height * width)."
    count, channels, height, width, kernel_height, kernel_width = windows.shape
    length = channels * kernel_height * kernel_width
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(count, height * width, length)
