# %% [markdown]
# why: without momentum a buffer is kept too
# base: reference
# loses: {sgd-plain: 3, sgd-profile: 3}

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
        state["momentum_buffer"] = self.momentum * state.get("momentum_buffer", 0) + gradient
        return self.lr * state["momentum_buffer"]
