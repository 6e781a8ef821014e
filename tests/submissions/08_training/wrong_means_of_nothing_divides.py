# %% [markdown]
# why: without a batch it divides by 0
# base: reference
# loses: {means-empty: 2}

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
    return loss_sum / samples, right_sum / samples
