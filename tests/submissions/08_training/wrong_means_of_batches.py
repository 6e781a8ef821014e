# %% [markdown]
# why: the mean of the batches, not of the samples
# base: reference
# loses: {means-weighted: 4, epoch-learns: 3}
# says: weighed by their sizes | it was 9.0
# at: "line 11 of your cell `_means`"

# %% solution="means"
#| export
def _means(measure, loader) -> tuple:
    losses, right, samples = [], 0, 0
    for inputs, targets in loader:
        loss, count = measure(inputs, targets)
        losses.append(loss)
        right += count
        samples += len(targets)
    if not losses:
        raise ValueError("no batch")
    return sum(losses) / len(losses), right / samples
