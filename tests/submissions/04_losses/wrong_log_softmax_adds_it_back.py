# %% [markdown]
# why: the maximum is added back to one side only
# base: reference
# loses: {log-softmax-values: 6, log-softmax-stable: 7, log-softmax-rows: 3}

# %% solution="log-softmax"
#| export
def _log_softmax(logits):
    largest = logits.max(axis=1, keepdims=True)
    return logits - np.log(np.exp(logits - largest).sum(axis=1, keepdims=True))
