# %% [markdown]
# why: all changes are made before the first one is used
# base: reference
# loses: {sgd-profile: 3, adam-profile: 3}

# %% solution="step"
#| export
@patch
def step(self: Optimizer):
    moving = [parameter for parameter in self.parameters if parameter.grad is not None]
    changes = [self._change(parameter, self.state[parameter]) for parameter in moving]
    for parameter, change in zip(moving, changes):
        parameter.data -= change
