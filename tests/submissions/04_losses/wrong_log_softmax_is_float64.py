# %% [markdown]
# why: the result is float64 for any logits
# base: reference
# loses: {log-softmax-kinds: 4}

# %% solution="log-softmax"
#| export
def _log_softmax(logits):
    wide = np.asarray(logits, dtype=np.float64)
    shifted = wide - wide.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
