# %% [markdown]
# why: all scores are kept until the end
# base: reference
# loses: {evaluate-profile: 3}

# %% solution="evaluate"
#| export
@patch
def evaluate(self: Trainer, loader) -> tuple:
    with _evaluating(self.model):
        pairs = [(self.model(inputs), targets) for inputs, targets in loader]
        return _means(lambda scores, targets: (self.loss_fn(scores, targets).item(), _count_right(scores, targets)), pairs)
