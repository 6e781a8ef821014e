# %% [markdown]
# why: what the call gives is not given back
# base: reference
# loses: {error-passes: 2}
# says: a call that works gives its value | it gave None
# at: "line 4 of your cell `_tried`"

# %% solution="tried"
#| export
def _tried(index, call, *arguments):
    try:
        call(*arguments)
    except SampleError:
        raise
    except Exception as error:
        raise SampleError(index, traceback.format_exc()) from error
