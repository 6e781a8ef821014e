# %% [markdown]
# why: contiguous, and therefore a copy
# base: reference
# loses: {windows-view: 3, windows-profile: 3}
# says: should share the image's memory
# at: "line 9 of your cell `_windows`"

# %% solution="windows"
#| export
def _windows(x, kernel, stride=(1, 1), padding=(0, 0)):
    "All windows of images (N, C, H, W), as a view (N, C, height, width, kernel height, kernel width)."
    if x.ndim != 4:
        raise ValueError(f"images come as (N, C, H, W), but the input has the shape {x.shape}")
    _output_size(x.shape[2:], kernel, stride, padding)  # raises where it does not fit
    if any(padding):
        x = np.pad(x, [(0, 0), (0, 0), (padding[0], padding[0]), (padding[1], padding[1])])
    return np.ascontiguousarray(sliding_window_view(x, kernel, axis=(2, 3))[:, :, ::stride[0], ::stride[1]])
