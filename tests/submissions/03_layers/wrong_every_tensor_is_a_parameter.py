# %% [markdown]
# why: requires_grad is not looked at
# base: reference
# loses: {parameters-own: 6}

# %% solution="parameters-method"
#| export
@patch
def parameters(self: Layer) -> list:
    return [part for part in _parts(self) if isinstance(part, Tensor)]


def _parts(value, seen=None):
    seen = set() if seen is None else seen
    if id(value) in seen:
        return
    if isinstance(value, (Tensor, Layer)):
        seen.add(id(value))
        yield value
    if isinstance(value, Layer):
        value = list(vars(value).values())
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from _parts(part, seen)
