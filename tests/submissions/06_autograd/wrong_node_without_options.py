# %% [markdown]
# why: keywords do not reach the node
# base: reference
# loses: {recorded-node: 3}

# %% solution="recorded"
#| export
def _recorded(forward, rule):
    @wraps(forward)
    def recording(*arguments, **options):
        if not (_recording and any(map(_wants_gradient, arguments))):
            return forward(*arguments, **options)
        with no_grad():
            result = forward(*arguments, **options)
        if result.data.dtype.kind == "f" and all(result is not value for value in arguments):
            result.requires_grad = True
            result.grad_fn = Node(forward, rule, result, arguments, {})
        return result
    return recording
