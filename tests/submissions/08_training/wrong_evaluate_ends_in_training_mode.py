# %% [markdown]
# why: afterwards the model is in training mode, whatever it was
# base: reference
# loses: {evaluate-mode: 4}

# %% solution="evaluating"
#| export
@contextmanager
def _evaluating(model):
    model.eval()
    try:
        with no_grad():
            yield
    finally:
        model.train()
