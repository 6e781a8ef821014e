# %% [markdown]
# why: parameters are looked up once, and the same list is given ever after
# base: reference
# loses: {parameters-anew: 2}

# %% solution="parameters-method"
#| export
@patch
def parameters(self: Layer) -> list:
    if "_found" not in vars(self):
        found = [part for part in _parts(self) if isinstance(part, Tensor) and part.requires_grad]
        self._found = found
    return self._found


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
