# %% [markdown]
# why: backward, but the optimizer makes no step
# base: reference
# loses: {step-learns: 3, step-forgets: 3, step-gives: 3}
# says: "then step() moves the weight to 1.84 | the loss was 13, and the weight came to 2.0"
# at: "line 9 of your cell `Trainer._train_step`"

# %% solution="train-step"
#| export
@patch
def _train_step(self: Trainer, inputs, targets) -> tuple:
    "Learn from one batch; give its loss (a float) and how many were right, both before the update."
    self.optimizer.zero_grad()
    scores = self.model(inputs)
    loss = self.loss_fn(scores, targets)
    loss.backward()
    return loss.item(), _count_right(scores, targets)
