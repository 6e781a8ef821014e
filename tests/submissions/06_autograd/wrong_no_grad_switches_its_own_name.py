# %% [markdown]
# why: without `global` the name that is set is another one
# base: reference
# loses: {no-grad-switches: 2, no-grad-nested: 1}

# %% solution="no-grad"
#| export
@contextmanager
def no_grad():
    _recording = False
    yield
    _recording = True
