# %% [markdown]
# why: the checkpoint is a pickle
# base: reference
# loses: {save-file: 3}

# %% solution="save"
#| export
@patch
def save(self: Trainer, path):
    import pickle
    snapshot = self._snapshot()
    _replace_file(path, lambda file: pickle.dump(snapshot, file))
