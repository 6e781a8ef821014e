# %% [markdown]
# why: weight_decay is stored and never used
# base: reference
# loses: {sgd-decay: 4, sgd-both: 2}
# says: weight_decay=0.5 adds 0.5 · weight to the gradient
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
        velocity = parameter.grad.data
        if self.momentum:
            velocity = self.momentum * state.get("momentum_buffer", 0) + velocity
            state["momentum_buffer"] = velocity
        return self.lr * velocity
