# %% [markdown]
# why: targets that are no labels are counted all the same
# base: reference
# loses: {right-nan: 2, step-gives: 3}

# %% solution="count-right"
#| export
def _count_right(scores, targets):
    return int((scores.data.argmax(axis=1) == targets.data).sum())
