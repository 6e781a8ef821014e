# %% [markdown]
# why: _evaluating returns where it should yield
# base: reference
# loses: {evaluate-values: 3, evaluate-mode: 4, evaluate-touches-nothing: 3, evaluate-error: 3, evaluate-profile: 3}
# says: "`with _evaluating(model):` should run its block | `yield` | Is `return` written where `yield` is meant?"
# at: "line 7 of your cell `_evaluating`"

# %% solution="evaluating"
#| export
@contextmanager
def _evaluating(model):
    modes = [(layer, layer.training) for layer in _find(model, Layer)]
    model.eval()
    with no_grad():
        return
    for layer, training in modes:
        layer.training = training
