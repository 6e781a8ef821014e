# %% [markdown]
# why: where windows overlap, the last one counts
# base: reference
# loses: {fold-values: 4, fold-adjoint: 4}
# says: added where they overlap
# at: "line 10 of your cell `_fold`"

# %% solution="fold"
#| export
def _fold(windows, shape, stride=(1, 1), padding=(0, 0)):
    "Images of `shape`, each pixel the sum of the numbers that windows have in its place: the way back of `_windows`."
    count, channels, height, width, *kernel = windows.shape
    padded = np.zeros((count, channels, shape[2] + 2 * padding[0], shape[3] + 2 * padding[1]), windows.dtype)
    for i, j in np.ndindex(*kernel):
        rows = slice(i, i + stride[0] * height, stride[0])
        columns = slice(j, j + stride[1] * width, stride[1])
        padded[:, :, rows, columns] = windows[..., i, j]
    return padded[:, :, padding[0]:padding[0] + shape[2], padding[1]:padding[1] + shape[3]]
