# %% [markdown]
# why: every layer gets the mode of the model
# base: reference
# loses: {evaluate-mode: 4}

# %% solution="evaluating"
#| export
@contextmanager
def _evaluating(model):
    was = model.training
    model.eval()
    try:
        with no_grad():
            yield
    finally:
        model.train(was)
