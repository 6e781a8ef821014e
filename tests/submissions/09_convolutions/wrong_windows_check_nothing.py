# %% [markdown]
# why: an image without a batch gives an error about something else
# base: reference
# loses: {windows-errors: 2}

# %% solution="windows"
#| export
def _windows(x, kernel, stride=(1, 1), padding=(0, 0)):
    "All windows of images (N, C, H, W), as a view (N, C, height, width, kernel height, kernel width)."
    _output_size(x.shape[2:], kernel, stride, padding)  # raises where it does not fit
    if any(padding):
        x = np.pad(x, [(0, 0), (0, 0), (padding[0], padding[0]), (padding[1], padding[1])])
    return sliding_window_view(x, kernel, axis=(2, 3))[:, :, ::stride[0], ::stride[1]]
