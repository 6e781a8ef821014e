# %% [markdown]
# why: a part is copied, also where a view would do
# base: reference
# loses: {view: 3, view-bytes: 2}
# says: "t[1] should share the memory of t | a copy"
# at: "line 4 of your cell `Tensor.__getitem__`"

# %% solution="getitem-method"
#| export
@patch
def __getitem__(self: Tensor, index) -> Tensor:
    part = np.array(self.data[index.data if isinstance(index, Tensor) else index])
    return Tensor(part, dtype=part.dtype)
