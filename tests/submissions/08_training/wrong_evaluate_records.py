# %% [markdown]
# why: a graph is recorded for nothing
# base: reference
# loses: {evaluate-touches-nothing: 3, evaluate-profile: 3}
# says: no forward should be recorded
# at: "line 10 of your cell `Trainer.evaluate`"

# %% solution="evaluating"
#| export
@contextmanager
def _evaluating(model):
    "Inside `with _evaluating(model):` it is in eval mode and nothing is recorded; then each layer's mode is what it was."
    modes = [(layer, layer.training) for layer in _find(model, Layer)]
    model.eval()
    try:
        yield
    finally:
        for layer, training in modes:
            layer.training = training
