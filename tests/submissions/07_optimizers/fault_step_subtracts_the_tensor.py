# %% [markdown]
# why: the gradient's Tensor, not its array, is used in the change
# base: reference
# loses: {sgd-plain: 3, sgd-decay: 4, sgd-both: 2, sgd-profile: 3}
# says: parameter.grad.data | it gave Tensor
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
        velocity = parameter.grad + self.weight_decay * parameter
        if self.momentum:
            velocity = self.momentum * state.get("momentum_buffer", 0) + velocity
            state["momentum_buffer"] = velocity
        return self.lr * velocity
