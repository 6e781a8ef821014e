# %% [markdown]
# why: an error leaves the model in eval mode
# base: reference
# loses: {evaluate-error: 3}

# %% solution="evaluating"
#| export
@contextmanager
def _evaluating(model):
    modes = [(layer, layer.training) for layer in _find(model, Layer)]
    model.eval()
    with no_grad():
        yield
    for layer, training in modes:
        layer.training = training
