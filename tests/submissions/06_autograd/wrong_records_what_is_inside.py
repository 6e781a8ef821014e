# %% [markdown]
# why: forward runs with recording on
# base: reference
# loses: {recorded-once: 2}

# %% solution="recorded"
#| export
def _recorded(forward, rule):
    @wraps(forward)
    def recording(*arguments, **options):
        values = (*arguments, *options.values())
        result = forward(*arguments, **options)
        if not (_recording and any(map(_wants_gradient, values))):
            return result
        if result.data.dtype.kind == "f" and all(result is not value for value in values):
            result.requires_grad = True
            result.grad_fn = Node(forward, rule, result, arguments, options)
        return result
    return recording
