# %% [markdown]
# why: requires_grad of the result is forgotten, so the graph ends there
# base: reference
# loses: {recorded-node: 3}

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
            result.grad_fn = Node(forward, rule, result, arguments, options)
        return result
    return recording
