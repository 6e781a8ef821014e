# %% [markdown]
# why: the index is not in the text
# base: reference
# loses: {error-names: 2}

# %% solution="sample-error"
#| export
class SampleError(RuntimeError):
    """A sample could not be had: `index` says which one, the text holds the original traceback.

    Where collating failed, `index` is the list of the batch's indices.
    """
    def __init__(self, index, text):
        super().__init__(index, text)
        self.index, self.text = index, text

    def __str__(self):
        return self.text
