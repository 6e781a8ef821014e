# %% [markdown]
# why: the logits are shifted in place
# base: reference
# loses: {log-softmax-kinds: 4}
# says: "the logits should stay [1, 2] | they became [[-1, 0]]"
# at: "line 3 of your cell `_log_softmax`"

# %% solution="log-softmax"
#| export
def _log_softmax(logits):
    logits -= logits.max(axis=1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
