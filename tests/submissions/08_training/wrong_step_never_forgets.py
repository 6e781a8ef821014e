# %% [markdown]
# why: zero_grad is forgotten
# base: reference
# loses: {step-forgets: 3}
# says: zero_grad() first
# at: "line 9 of your cell `Trainer._train_step`"

# %% solution="train-step"
#| export
@patch
def _train_step(self: Trainer, inputs, targets) -> tuple:
    "Learn from one batch; give its loss (a float) and how many were right, both before the update."
    scores = self.model(inputs)
    loss = self.loss_fn(scores, targets)
    loss.backward()
    self.optimizer.step()
    return loss.item(), _count_right(scores, targets)
