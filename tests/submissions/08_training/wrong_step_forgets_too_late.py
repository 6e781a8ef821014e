# %% [markdown]
# why: the gradients are forgotten between backward and step
# base: reference
# loses: {step-learns: 3, step-forgets: 3, step-gives: 3}

# %% solution="train-step"
#| export
@patch
def _train_step(self: Trainer, inputs, targets) -> tuple:
    "Learn from one batch; give its loss (a float) and how many were right, both before the update."
    scores = self.model(inputs)
    loss = self.loss_fn(scores, targets)
    loss.backward()
    self.optimizer.zero_grad()
    self.optimizer.step()
    return loss.item(), _count_right(scores, targets)
