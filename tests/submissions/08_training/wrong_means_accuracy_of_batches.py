# %% [markdown]
# why: the accuracy is a mean of the batches
# base: reference
# loses: {means-weighted: 4, means-accuracy: 3}

# %% solution="means"
#| export
def _means(measure, loader) -> tuple:
    loss_sum, shares, samples = 0.0, [], 0
    for inputs, targets in loader:
        loss, right = measure(inputs, targets)
        loss_sum += loss * len(targets)
        shares.append(right / len(targets))
        samples += len(targets)
    if not samples:
        raise ValueError("no batch")
    return loss_sum / samples, sum(shares) / len(shares)
