# %% [markdown]
# why: anything is taken for parameters, and any number for a rate
# base: reference
# loses: {optimizer-errors: 3, optimizer-types: 2}

# %% solution="optimizer"
#| export
class Optimizer:
    def __init__(self, parameters, lr):
        self.parameters = list(parameters)
        self.lr = lr
        self.state = {parameter: {} for parameter in self.parameters}

    def zero_grad(self):
        for parameter in self.parameters:
            parameter.grad = None
