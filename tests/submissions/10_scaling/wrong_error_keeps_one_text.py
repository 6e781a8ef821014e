# %% [markdown]
# why: the message alone goes to RuntimeError, so that it can't be unpickled
# base: reference
# loses: {error-travels: 3}

# %% solution="sample-error"
#| export
class SampleError(RuntimeError):
    """A sample could not be had: `index` says which one, the text holds the original traceback.

    Where collating failed, `index` is the list of the batch's indices.
    """
    def __init__(self, index, text):
        super().__init__(f"sample {index}\n{text}")
        self.index, self.text = index, text

    def __str__(self):
        return f"sample {self.index}\n{self.text}"
