# %% [markdown]
# why: one maximum for all rows
# base: reference
# loses: {log-softmax-rows: 3, log-softmax-kinds: 4}

# %% solution="log-softmax"
#| export
def _log_softmax(logits):
    shifted = logits - logits.max()
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
