# %% [markdown]
# why: sets the gradients to None on the way
# base: reference
# loses: {evaluate-touches-nothing: 3}

# %% solution="evaluate"
#| export
@patch
def evaluate(self: Trainer, loader) -> tuple:
    "The mean loss and the accuracy over a loader's samples, in eval mode; nothing is learned, nothing recorded."
    def measure(inputs, targets):
        scores = self.model(inputs)
        return self.loss_fn(scores, targets).item(), _count_right(scores, targets)

    self.optimizer.zero_grad()
    with _evaluating(self.model):
        return _means(measure, loader)
