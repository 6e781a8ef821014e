# %% [markdown]
# why: __init__ makes no state
# base: reference
# loses: {optimizer-state: 3}
# says: "'Optimizer' object has no attribute 'state' | `__init__` never sets `self.state`"
# at: "line 3 of your cell `class Optimizer`"

# %% solution="optimizer"
#| export
class Optimizer:
    def __init__(self, parameters, lr):
        if isinstance(parameters, Tensor):
            raise TypeError("parameters is one Tensor")
        parameters = list(parameters)
        if not parameters or not 0 <= lr < np.inf:
            raise ValueError("no parameters, or no rate")
        if not all(isinstance(parameter, Tensor) for parameter in parameters):
            raise TypeError("parameters are Tensors")
        self.parameters, self.lr = parameters, lr

    def zero_grad(self):
        for parameter in self.parameters:
            parameter.grad = None
