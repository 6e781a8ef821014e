# %% [markdown]
# why: the mode is not given back
# base: reference
# loses: {evaluate-mode: 4, evaluate-error: 3}

# %% solution="evaluating"
#| export
@contextmanager
def _evaluating(model):
    "Inside `with _evaluating(model):` it is in eval mode and nothing is recorded; then each layer's mode is what it was."
    modes = [(layer, layer.training) for layer in _find(model, Layer)]
    model.eval()
    try:
        with no_grad():
            yield
    finally:
        for layer, training in modes:
            pass
