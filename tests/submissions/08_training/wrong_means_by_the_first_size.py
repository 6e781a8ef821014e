# %% [markdown]
# why: every batch is weighed with the size of the first one
# base: reference
# loses: {means-weighted: 4, means-accuracy: 3, epoch-learns: 3}

# %% solution="means"
#| export
def _means(measure, loader) -> tuple:
    loss_sum, right_sum, count, size = 0.0, 0, 0, None
    for inputs, targets in loader:
        size = len(targets) if size is None else size
        loss, right = measure(inputs, targets)
        loss_sum += loss * size
        right_sum += right
        count += size
    if not count:
        raise ValueError("no batch")
    return loss_sum / count, right_sum / count
