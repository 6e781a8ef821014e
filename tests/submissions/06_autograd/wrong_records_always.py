# %% [markdown]
# why: whether somebody wants a gradient is not asked
# base: reference
# loses: {recorded-unwanted: 3, recorded-once: 2, recorded-floats: 2}

# %% solution="recorded"
#| export
def _recorded(forward, rule):
    @wraps(forward)
    def recording(*arguments, **options):
        with no_grad():
            result = forward(*arguments, **options)
        if result.data.dtype.kind == "f" and all(result is not value for value in arguments):
            result.requires_grad = True
            result.grad_fn = Node(forward, rule, result, arguments, options)
        return result
    return recording
