# %% [markdown]
# why: SGD's change is computed and not given back
# base: reference
# loses: {sgd-plain: 3, sgd-decay: 4, sgd-momentum: 6, sgd-both: 2, sgd-own: 3, sgd-profile: 3}
# says: "SGD._change should return an array | it gave None. | Is a `return` missing in `_change`?"
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
        velocity = parameter.grad.data + self.weight_decay * parameter.data
        if self.momentum:
            velocity = self.momentum * state.get("momentum_buffer", 0) + velocity
            state["momentum_buffer"] = velocity
        self.lr * velocity
