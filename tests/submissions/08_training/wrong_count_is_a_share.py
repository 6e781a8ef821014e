# %% [markdown]
# why: the right ones as a share of the batch
# base: reference
# loses: {right-counted: 3, step-gives: 3}

# %% solution="count-right"
#| export
def _count_right(scores, targets):
    "How many rows of scores (N, C) are largest at their label in targets (N,); nan where targets are no labels."
    if scores.ndim != 2 or targets.shape != scores.shape[:1] or targets.dtype.kind not in "iu":
        return float("nan")
    return float((scores.data.argmax(axis=1) == targets.data).mean())
