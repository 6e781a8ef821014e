# %% [markdown]
# why: the gradients are forgotten after the step, so those of before count
# base: reference
# loses: {step-forgets: 3}

# %% solution="train-step"
#| export
@patch
def _train_step(self: Trainer, inputs, targets) -> tuple:
    "Learn from one batch; give its loss (a float) and how many were right, both before the update."
    scores = self.model(inputs)
    loss = self.loss_fn(scores, targets)
    loss.backward()
    self.optimizer.step()
    self.optimizer.zero_grad()
    return loss.item(), _count_right(scores, targets)
