# %% [markdown]
# why: the velocity is an attribute of the optimizer
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
        self.velocity = 0

    def _change(self, parameter, state):
        gradient = parameter.grad.data + self.weight_decay * parameter.data
        if self.momentum:
            gradient = self.velocity = self.momentum * self.velocity + gradient
            state["momentum_buffer"] = self.velocity
        return self.lr * gradient
