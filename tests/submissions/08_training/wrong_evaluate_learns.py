# %% [markdown]
# why: evaluates with training steps
# base: reference
# loses: {evaluate-values: 3, evaluate-mode: 4, evaluate-touches-nothing: 3, evaluate-profile: 3}
# says: training mode should be False, False in two batches
# at: "line 11 of your cell `Trainer.evaluate`"

# %% solution="evaluate"
#| export
@patch
def evaluate(self: Trainer, loader) -> tuple:
    "The mean loss and the accuracy over a loader's samples, in eval mode; nothing is learned, nothing recorded."
    def measure(inputs, targets):
        scores = self.model(inputs)
        return self.loss_fn(scores, targets).item(), _count_right(scores, targets)

    with _evaluating(self.model):
        pass
    return _means(self._train_step, loader)
