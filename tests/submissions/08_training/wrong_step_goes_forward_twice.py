# %% [markdown]
# why: the right ones are counted by a forward of their own
# base: reference
# loses: {epoch-profile: 2}

# %% solution="train-step"
#| export
@patch
def _train_step(self: Trainer, inputs, targets) -> tuple:
    self.optimizer.zero_grad()
    right = _count_right(self.model(inputs), targets)
    loss = self.loss_fn(self.model(inputs), targets)
    loss.backward()
    self.optimizer.step()
    return loss.item(), right
