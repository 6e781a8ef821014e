# %% [markdown]
# why: ReLU stores where the input was positive, for a backward that nobody asked for
# base: reference
# loses: {relu-profile: 5}
# says: "at most 8 MB at once; it took 9.0"
# at: "line 6 of your cell `class ReLU`"

# %% solution="relu"
#| export
class ReLU:
    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        self.mask = a > 0
        return Tensor(np.where(self.mask, a, 0).astype(a.dtype), dtype=a.dtype)
