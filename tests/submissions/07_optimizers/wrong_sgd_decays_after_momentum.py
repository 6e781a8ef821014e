# %% [markdown]
# why: the decay is added to the velocity, not to the gradient
# base: reference
# loses: {sgd-both: 2}

# %% solution="sgd"
#| export
class SGD(Optimizer):
    _settings = ("lr", "momentum", "weight_decay")

    def __init__(self, parameters, lr, momentum=0.0, weight_decay=0.0):
        super().__init__(parameters, lr)
        self.momentum = _in_range("momentum value", momentum)
        self.weight_decay = _in_range("weight_decay value", weight_decay)

    def _change(self, parameter, state):
        velocity = parameter.grad.data
        if self.momentum:
            velocity = self.momentum * state.get("momentum_buffer", 0) + velocity
            state["momentum_buffer"] = velocity
        return self.lr * (velocity + self.weight_decay * parameter.data)
