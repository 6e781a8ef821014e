# %% [markdown]
# why: the first parameter without a gradient ends the step
# base: reference
# loses: {step-skips: 4}

# %% solution="step"
#| export
@patch
def step(self: Optimizer):
    for parameter in self.parameters:
        if parameter.grad is None:
            return
        parameter.data -= self._change(parameter, self.state[parameter])
