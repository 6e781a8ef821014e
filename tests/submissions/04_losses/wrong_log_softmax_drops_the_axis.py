# %% [markdown]
# why: _log_softmax's maximum has no axis left to broadcast along
# base: reference
# loses: {log-softmax-values: 6, log-softmax-rows: 3, log-softmax-kinds: 4}
# says: "could not be broadcast together with shapes (2,3) (2,) | keepdims=True"
# at: "line 3 of your cell `_log_softmax`"

# %% solution="log-softmax"
#| export
def _log_softmax(logits):
    shifted = logits - logits.max(axis=1)
    return shifted - np.log(np.exp(shifted).sum(axis=1))
