# %% [markdown]
# why: the recorded result is not given back
# base: reference
# loses: {recorded-node: 3, recorded-unwanted: 3, recorded-once: 2, recorded-floats: 2}
# says: "should return forward's Tensor | it gave None. | Is a `return` missing in `recording`?"
# at: "line 12 of your cell `_recorded`"

# %% solution="recorded"
#| export
def _recorded(forward, rule):
    @wraps(forward)
    def recording(*arguments, **options):
        values = (*arguments, *options.values())
        if not (_recording and any(map(_wants_gradient, values))):
            return forward(*arguments, **options)
        with no_grad():
            result = forward(*arguments, **options)
        if result.data.dtype.kind == "f" and all(result is not value for value in values):
            result.requires_grad = True
            result.grad_fn = Node(forward, rule, result, arguments, options)
    return recording
