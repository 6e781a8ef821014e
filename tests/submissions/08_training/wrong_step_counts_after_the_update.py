# %% [markdown]
# why: the right ones are counted by a second forward, after the update
# base: reference
# loses: {step-gives: 3}

# %% solution="train-step"
#| export
@patch
def _train_step(self: Trainer, inputs, targets) -> tuple:
    "Learn from one batch; give its loss (a float) and how many were right, both before the update."
    self.optimizer.zero_grad()
    scores = self.model(inputs)
    loss = self.loss_fn(scores, targets)
    loss.backward()
    self.optimizer.step()
    return loss.item(), _count_right(self.model(inputs), targets)
