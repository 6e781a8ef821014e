# %% [markdown]
# why: the loss is a sum over the samples
# base: reference
# loses: {means-weighted: 4, epoch-learns: 3}

# %% solution="means"
#| export
def _means(measure, loader) -> tuple:
    """The loss and the accuracy of a loader's samples, each batch weighted by its size.

    `measure(inputs, targets)` gives a batch's mean loss and its count of right ones. Raises `ValueError` without any batch.
    """
    loss_sum, right_sum, samples = 0.0, 0, 0
    for inputs, targets in loader:
        loss, right = measure(inputs, targets)
        loss_sum += loss * len(targets)
        right_sum += right
        samples += len(targets)
    if not samples:
        raise ValueError("the loader gave no batch: is it empty, or a generator that was used up?")
    return loss_sum, right_sum / samples
