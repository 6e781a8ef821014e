# %% [markdown]
# why: the file is written where the old one is
# base: reference
# loses: {save-file: 3}

# %% solution="save"
#| export
@patch
def save(self: Trainer, path):
    with open(path, "wb") as file:
        arrays = []
        text = json.dumps(_without_arrays(self._snapshot(), arrays))
        np.savez(file, *arrays, checkpoint=text)
