# %% [markdown]
# why: leaving a block switches recording on, whatever it was
# base: reference
# loses: {no-grad-nested: 1}

# %% solution="no-grad"
#| export
@contextmanager
def no_grad():
    global _recording
    _recording = False
    try:
        yield
    finally:
        _recording = True
