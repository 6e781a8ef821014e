# %% [markdown]
# why: the logits are shifted in place
# base: reference
# loses: {log-softmax-kinds: 4}

# %% solution="log-softmax"
#| export
def _log_softmax(logits):
    logits -= logits.max(axis=1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
