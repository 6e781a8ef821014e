# %% [markdown]
# why: the windows are cut and not given back
# base: reference
# loses: {windows-values: 4, windows-padding: 3, windows-view: 3}
# says: _windows should return an array; it gave None
# at: "line 7 of your cell `_windows`"

# %% solution="windows"
#| export
def _windows(x, kernel, stride=(1, 1), padding=(0, 0)):
    if x.ndim != 4:
        raise ValueError(f"images come as (N, C, H, W), but the input has the shape {x.shape}")
    _output_size(x.shape[2:], kernel, stride, padding)
    x = np.pad(x, [(0, 0), (0, 0), (padding[0], padding[0]), (padding[1], padding[1])]) if any(padding) else x
    sliding_window_view(x, kernel, axis=(2, 3))[:, :, ::stride[0], ::stride[1]]
