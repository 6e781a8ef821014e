# %% [markdown]
# why: only the dtype of the targets is looked at
# base: reference
# loses: {right-nan: 2}

# %% solution="count-right"
#| export
def _count_right(scores, targets):
    "How many rows of scores (N, C) are largest at their label in targets (N,); nan where targets are no labels."
    if targets.dtype.kind not in "iu":
        return float("nan")
    return int((scores.data.argmax(axis=1) == targets.data).sum())
