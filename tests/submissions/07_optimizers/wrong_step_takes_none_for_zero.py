# %% [markdown]
# why: a missing gradient counts as 0, and as a step
# base: reference
# loses: {step-skips: 4}

# %% solution="step"
#| export
@patch
def step(self: Optimizer):
    for parameter in self.parameters:
        if parameter.grad is None:
            parameter.grad = Tensor(np.zeros(parameter.shape), dtype=parameter.dtype)
        parameter.data -= self._change(parameter, self.state[parameter])
