# %% [markdown]
# why: the maximum is not taken out
# base: reference
# loses: {log-softmax-stable: 7, log-softmax-rows: 3}
# says: "[[0, 1000]] should give [[-1000, 0]] | each row's maximum first | [[-inf, -inf]]"
# at: "line 3 of your cell `_log_softmax`"

# %% solution="log-softmax"
#| export
def _log_softmax(logits):
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
