# %% [markdown]
# why: a parameter without a gradient makes the step fail
# base: reference
# loses: {step-skips: 4}
# says: "'NoneType' object has no attribute 'data'"
# at: "line 5 of your cell `Optimizer.step`"

# %% solution="step"
#| export
@patch
def step(self: Optimizer):
    for parameter in self.parameters:
        parameter.data -= self._change(parameter, self.state[parameter])
