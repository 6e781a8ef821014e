# %% [markdown]
# why: lr is multiplied into the velocity
# base: reference
# loses: {sgd-momentum: 6, sgd-own: 3}

# %% solution="sgd"
#| export
class SGD(Optimizer):
    _settings = ("lr", "momentum", "weight_decay")

    def __init__(self, parameters, lr, momentum=0.0, weight_decay=0.0):
        super().__init__(parameters, lr)
        self.momentum = _in_range("momentum value", momentum)
        self.weight_decay = _in_range("weight_decay value", weight_decay)

    def _change(self, parameter, state):
        gradient = parameter.grad.data + self.weight_decay * parameter.data
        if not self.momentum:
            return self.lr * gradient
        state["momentum_buffer"] = self.momentum * state.get("momentum_buffer", 0) + self.lr * gradient
        return state["momentum_buffer"]
