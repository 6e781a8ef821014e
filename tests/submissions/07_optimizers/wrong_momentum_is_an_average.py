# %% [markdown]
# why: the gradient is weighted by 1 - momentum
# base: reference
# loses: {sgd-momentum: 6, sgd-both: 2, sgd-own: 3}
# says: in the first step the velocity is the gradient
# at: "line 15 of your cell `class SGD`"

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
        state["momentum_buffer"] = self.momentum * state.get("momentum_buffer", 0) + (1 - self.momentum) * gradient
        return self.lr * state["momentum_buffer"]
