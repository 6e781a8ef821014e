# %% [markdown]
# why: the sum goes over the samples
# base: reference
# loses: {log-softmax-values: 6, log-softmax-stable: 7, log-softmax-rows: 3, log-softmax-kinds: 4}

# %% solution="log-softmax"
#| export
def _log_softmax(logits):
    shifted = logits - logits.max(axis=0, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True))
