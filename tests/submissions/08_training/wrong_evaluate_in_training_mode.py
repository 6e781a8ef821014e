# %% [markdown]
# why: the model stays in training mode
# base: reference
# loses: {evaluate-mode: 4}

# %% solution="evaluating"
#| export
@contextmanager
def _evaluating(model):
    "Inside `with _evaluating(model):` it is in eval mode and nothing is recorded; then each layer's mode is what it was."
    modes = [(layer, layer.training) for layer in _find(model, Layer)]
    try:
        with no_grad():
            yield
    finally:
        for layer, training in modes:
            layer.training = training
