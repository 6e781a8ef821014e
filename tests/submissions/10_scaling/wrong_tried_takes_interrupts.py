# %% [markdown]
# why: Ctrl+C becomes the fault of a sample
# base: reference
# loses: {error-passes: 2}

# %% solution="tried"
#| export
def _tried(index, call, *arguments):
    "Give call(*arguments); what it raises comes as a SampleError with this index and the original traceback."
    try:
        return call(*arguments)
    except SampleError:
        raise
    except BaseException as error:
        raise SampleError(index, traceback.format_exc()) from error
