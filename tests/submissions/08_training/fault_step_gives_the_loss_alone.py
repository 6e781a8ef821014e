# %% [markdown]
# why: _train_step gives the loss, and not how many were right
# base: reference
# loses: {step-learns: 3, step-gives: 3}
# says: _train_step should return a pair | it gave 13.0
# at: "line 9 of your cell `Trainer._train_step`"

# %% solution="train-step"
#| export
@patch
def _train_step(self: Trainer, inputs, targets) -> tuple:
    self.optimizer.zero_grad()
    scores = self.model(inputs)
    loss = self.loss_fn(scores, targets)
    loss.backward()
    self.optimizer.step()
    return loss.item()
