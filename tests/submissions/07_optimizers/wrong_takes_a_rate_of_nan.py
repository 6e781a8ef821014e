# %% [markdown]
# why: only what is below 0 is refused - nan is not, and an infinite rate neither
# base: reference
# loses: {optimizer-errors: 3}

# %% solution="optimizer"
#| export
class Optimizer:
    def __init__(self, parameters, lr):
        if isinstance(parameters, Tensor):
            raise TypeError("parameters is one Tensor")
        self.parameters, self.lr = list(parameters), lr
        if any(not isinstance(parameter, Tensor) for parameter in self.parameters):
            raise TypeError("parameters are Tensors")
        if not self.parameters or lr < 0:
            raise ValueError("no parameters, or a negative rate")
        self.state = {parameter: {} for parameter in self.parameters}

    def zero_grad(self):
        for parameter in self.parameters:
            parameter.grad = None
