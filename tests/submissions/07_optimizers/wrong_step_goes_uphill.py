# %% [markdown]
# why: what should be subtracted is added
# base: reference
# loses: {step-moves: 4, step-in-place: 4, step-skips: 4}

# %% solution="step"
#| export
@patch
def step(self: Optimizer):
    for parameter in self.parameters:
        if parameter.grad is not None:
            parameter.data += self._change(parameter, self.state[parameter])
