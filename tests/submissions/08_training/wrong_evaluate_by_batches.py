# %% [markdown]
# why: its mean is that of the batches
# base: reference
# loses: {evaluate-values: 3}

# %% solution="evaluate"
#| export
@patch
def evaluate(self: Trainer, loader) -> tuple:
    losses, shares = [], []
    with _evaluating(self.model):
        for inputs, targets in loader:
            scores = self.model(inputs)
            losses.append(self.loss_fn(scores, targets).item())
            shares.append(_count_right(scores, targets) / len(targets))
    if not losses:
        raise ValueError("no batch")
    return sum(losses) / len(losses), sum(shares) / len(shares)
