# %% [markdown]
# why: a step puts a new array into data
# base: reference
# loses: {step-in-place: 4, step-dtype: 3}
# says: write into the array in parameter.data | it put another array there
# at: "line 6 of your cell `Optimizer.step`"

# %% solution="step"
#| export
@patch
def step(self: Optimizer):
    for parameter in self.parameters:
        if parameter.grad is not None:
            parameter.data = parameter.data - self._change(parameter, self.state[parameter])
