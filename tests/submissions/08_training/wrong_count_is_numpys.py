# %% [markdown]
# why: the count is an np.int64
# base: reference
# loses: {right-counted: 3, step-gives: 3}

# %% solution="count-right"
#| export
def _count_right(scores, targets):
    "How many rows of scores (N, C) are largest at their label in targets (N,); nan where targets are no labels."
    if scores.ndim != 2 or targets.shape != scores.shape[:1] or targets.dtype.kind not in "iu":
        return float("nan")
    return (scores.data.argmax(axis=1) == targets.data).sum()
