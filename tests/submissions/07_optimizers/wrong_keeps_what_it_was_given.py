# %% [markdown]
# why: parameters are kept as they come - a generator is empty after one look
# base: reference
# loses: {optimizer-holds: 4}

# %% solution="optimizer"
#| export
class Optimizer:
    def __init__(self, parameters, lr):
        if isinstance(parameters, Tensor):
            raise TypeError("parameters is one Tensor")
        self.parameters, self.lr, self.state = parameters, lr, {}
        for parameter in parameters:
            if not isinstance(parameter, Tensor):
                raise TypeError("parameters are Tensors")
            self.state[parameter] = {}
        if not self.state:
            raise ValueError("no parameters")
        if not 0 <= lr < np.inf:
            raise ValueError("negative lr")

    def zero_grad(self):
        for parameter in self.parameters:
            parameter.grad = None
