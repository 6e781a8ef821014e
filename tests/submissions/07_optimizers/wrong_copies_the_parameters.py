# %% [markdown]
# why: the optimizer moves copies, which no model sees
# base: reference
# loses: {optimizer-holds: 4, optimizer-state: 3, optimizer-zero-grad: 3}

# %% solution="optimizer"
#| export
class Optimizer:
    def __init__(self, parameters, lr):
        if isinstance(parameters, Tensor):
            raise TypeError("parameters is one Tensor")
        given = list(parameters)
        if any(not isinstance(parameter, Tensor) for parameter in given):
            raise TypeError("parameters are Tensors")
        if not given or not 0 <= lr < np.inf:
            raise ValueError("no parameters, or a negative lr")
        self.parameters = [Tensor(parameter, requires_grad=True, dtype=parameter.dtype) for parameter in given]
        self.lr = lr
        self.state = {parameter: {} for parameter in self.parameters}

    def zero_grad(self):
        for parameter in self.parameters:
            parameter.grad = None
