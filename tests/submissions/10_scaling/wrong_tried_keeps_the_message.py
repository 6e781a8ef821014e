# %% [markdown]
# why: the message in place of the traceback
# base: reference
# loses: {error-traceback: 2, error-travels: 3}

# %% solution="tried"
#| export
def _tried(index, call, *arguments):
    "Give call(*arguments); what it raises comes as a SampleError with this index and the original traceback."
    try:
        return call(*arguments)
    except SampleError:
        raise
    except Exception as error:
        raise SampleError(index, repr(error)) from error
