# %% [markdown]
# why: after an error recording stays off
# base: reference
# loses: {no-grad-nested: 1}

# %% solution="no-grad"
#| export
@contextmanager
def no_grad():
    global _recording
    before = _recording
    _recording = False
    yield
    _recording = before
