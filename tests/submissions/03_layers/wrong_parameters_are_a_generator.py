# %% [markdown]
# why: parameters yields, where a list was asked for
# base: reference
# loses: {parameters-anew: 2}
# says: "parameters() should give a list | generator"
# at: "line 3 of your cell `Layer.parameters`"

# %% solution="parameters-method"
#| export
@patch
def parameters(self: Layer):
    for part in _parts(self):
        if isinstance(part, Tensor) and part.requires_grad:
            yield part


def _parts(value, seen=None):
    seen = set() if seen is None else seen
    if isinstance(value, (Tensor, Layer)):
        if id(value) in seen:
            return
        seen.add(id(value))
        yield value
    if isinstance(value, Layer):
        value = list(vars(value).values())
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from _parts(part, seen)
