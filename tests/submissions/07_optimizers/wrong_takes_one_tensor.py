# %% [markdown]
# why: a single Tensor is taken apart into its rows
# base: reference
# loses: {optimizer-types: 2}

# %% solution="optimizer"
#| export
class Optimizer:
    def __init__(self, parameters, lr):
        self.parameters, self.lr = list(parameters), lr
        if len(self.parameters) == 0:
            raise ValueError("no parameters")
        if not 0 <= lr < np.inf:
            raise ValueError("negative lr")
        for parameter in self.parameters:
            if not isinstance(parameter, Tensor):
                raise TypeError("parameters are Tensors")
        self.state = {parameter: {} for parameter in self.parameters}

    def zero_grad(self):
        for parameter in self.parameters:
            parameter.grad = None
