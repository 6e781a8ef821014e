# %% [markdown]
# why: correct, the arithmetic in functions of its own, AdamW without super
# base: reference

# %% solution="sgd"
#| export
def _velocity(before, gradient, momentum):
    return gradient.copy() if before is None else momentum * before + gradient


class SGD(Optimizer):
    "Gradient descent with momentum and weight decay, as `torch.optim.SGD`."

    _settings = ("lr", "momentum", "weight_decay")

    def __init__(self, parameters, lr, momentum=0.0, weight_decay=0.0):
        super().__init__(parameters, lr)
        self.momentum = _in_range("momentum value", momentum)
        self.weight_decay = _in_range("weight_decay value", weight_decay)

    def _change(self, parameter, state):
        gradient = np.asarray(parameter.grad) + self.weight_decay * parameter.data
        if not self.momentum:
            return self.lr * gradient
        state["momentum_buffer"] = _velocity(state.get("momentum_buffer"), gradient, self.momentum)
        return self.lr * state["momentum_buffer"]

# %% solution="adam"
#| export
def _running_mean(state, name, new, beta):
    "Update a mean in `state`; give it corrected for its start at 0."
    state[name] = beta * state.get(name, np.zeros_like(new)) + (1 - beta) * new
    return state[name] / (1 - beta ** state["step"])


class Adam(Optimizer):
    "Each weight's gradient divided by its usual size, as `torch.optim.Adam`."

    _settings = ("lr", "betas", "eps")

    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(parameters, lr)
        if len(betas) != 2:
            raise ValueError(f"Invalid betas, not two numbers: {betas}")
        self.betas = tuple(
            _in_range(f"beta parameter at index {i}", beta, below=1) for i, beta in enumerate(betas)
        )
        self.eps = _in_range("epsilon value", eps)

    def _change(self, parameter, state):
        state.setdefault("step", 0)
        state["step"] += 1
        gradient = parameter.grad.data
        mean = _running_mean(state, "exp_avg", gradient, self.betas[0])
        square = _running_mean(state, "exp_avg_sq", gradient**2, self.betas[1])
        return self.lr * mean / (square**0.5 + self.eps)
