# %% [markdown]
# why: results of any dtype are recorded
# base: reference
# loses: {recorded-floats: 2}

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
        result.requires_grad = True
        result.grad_fn = Node(forward, rule, result, arguments, options)
        return result
    return recording
