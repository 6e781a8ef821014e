# %% [markdown]
# why: no_grad returns where it should yield
# base: reference
# loses: {no-grad-switches: 2, no-grad-nested: 1}
# says: "`with no_grad():` should run its block | `yield` | Is `return` written where `yield` is meant?"
# at: "line 7 of your cell `no_grad`"

# %% solution="no-grad"
#| export
@contextmanager
def no_grad():
    global _recording
    before, _recording = _recording, False
    try:
        return
    finally:
        _recording = before
