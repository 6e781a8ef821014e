# %% [markdown]
# why: the first velocity is the gradient's array itself, and changes with it
# base: reference
# loses: {sgd-own: 3}

# %% solution="sgd"
#| export
class SGD(Optimizer):
    _settings = ("lr", "momentum", "weight_decay")

    def __init__(self, parameters, lr, momentum=0.0, weight_decay=0.0):
        super().__init__(parameters, lr)
        self.momentum = _in_range("momentum value", momentum)
        self.weight_decay = _in_range("weight_decay value", weight_decay)

    def _change(self, parameter, state):
        gradient = parameter.grad.data
        if self.weight_decay:
            gradient = gradient + self.weight_decay * parameter.data
        if not self.momentum:
            return self.lr * gradient
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = gradient
        else:
            state["momentum_buffer"] = self.momentum * state["momentum_buffer"] + gradient
        return self.lr * state["momentum_buffer"]
