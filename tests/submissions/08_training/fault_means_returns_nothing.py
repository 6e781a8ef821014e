# %% [markdown]
# why: the means are computed and not given back
# base: reference
# loses: {means-weighted: 4, means-accuracy: 3, epoch-learns: 3}
# says: "the pair that _means returns; it gave None | Is a `return` missing in `_means`?"
# at: "line 11 of your cell `_means`"

# %% solution="means"
#| export
def _means(measure, loader) -> tuple:
    loss_sum, right_sum, samples = 0.0, 0, 0
    for inputs, targets in loader:
        loss, right = measure(inputs, targets)
        loss_sum += loss * len(targets)
        right_sum += right
        samples += len(targets)
    if not samples:
        raise ValueError("no batch")
    loss_sum / samples, right_sum / samples
