# %% [markdown]
# why: computes in float64, at two and more times the memory
# base: reference
# loses: {windows-profile: 3}

# %% solution="columns"
#| export
def _columns(windows):
    "Windows (N, C, height, width, kh, kw) as columns: (N, C * kh * kw, height * width)."
    count, channels, height, width, kernel_height, kernel_width = windows.shape
    length = channels * kernel_height * kernel_width
    windows = windows.astype(np.float64)
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(count, length, height * width)
