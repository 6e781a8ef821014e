# %% [markdown]
# why: zero_grad fills the gradients with 0, and fails where there is none
# base: reference
# loses: {optimizer-zero-grad: 3}

# %% solution="optimizer"
#| export
class Optimizer:
    def __init__(self, parameters, lr):
        if isinstance(parameters, Tensor):
            raise TypeError("parameters is one Tensor")
        self.parameters, self.lr = list(parameters), lr
        if any(not isinstance(parameter, Tensor) for parameter in self.parameters):
            raise TypeError("parameters are Tensors")
        if not self.parameters or not 0 <= lr < np.inf:
            raise ValueError("no parameters, or a negative lr")
        self.state = {parameter: {} for parameter in self.parameters}

    def zero_grad(self):
        for parameter in self.parameters:
            parameter.grad.data[:] = 0
