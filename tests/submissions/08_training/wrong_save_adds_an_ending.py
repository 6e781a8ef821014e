# %% [markdown]
# why: the file gets another name, with .npz
# base: reference
# loses: {save-file: 3}
# says: one file, 'model.ckpt' | np.savez(name) adds .npz
# at: "line 6 of your cell `Trainer.save`"

# %% solution="save"
#| export
@patch
def save(self: Trainer, path):
    arrays = []
    text = json.dumps(_without_arrays(self._snapshot(), arrays))
    np.savez(path, *arrays, checkpoint=text)
