# %% [markdown]
# why: the checks of the settings were deleted from the given __init__
# base: reference
# loses: {sgd-both: 2, adam-eps: 2, adamw-decay: 4}

# %% solution="sgd"
#| export
class SGD(Optimizer):
    "Gradient descent with momentum and weight decay, as `torch.optim.SGD`."

    _settings = ("lr", "momentum", "weight_decay")

    def __init__(self, parameters, lr, momentum=0.0, weight_decay=0.0):
        super().__init__(parameters, lr)
        self.momentum, self.weight_decay = momentum, weight_decay

    def _change(self, parameter, state):
        velocity = parameter.grad.data + self.weight_decay * parameter.data
        if self.momentum:
            velocity = self.momentum * state.get("momentum_buffer", 0) + velocity
            state["momentum_buffer"] = velocity
        return self.lr * velocity

# %% solution="adam"
#| export
class Adam(Optimizer):
    "Each weight's gradient divided by its usual size, as `torch.optim.Adam`."

    _settings = ("lr", "betas", "eps")

    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(parameters, lr)
        self.betas, self.eps = betas, eps

    def _change(self, parameter, state):
        gradient, (beta1, beta2) = parameter.grad.data, self.betas
        state["step"] = t = state.get("step", 0) + 1
        state["exp_avg"] = m = beta1 * state.get("exp_avg", 0) + (1 - beta1) * gradient
        state["exp_avg_sq"] = v = beta2 * state.get("exp_avg_sq", 0) + (1 - beta2) * gradient**2
        return self.lr / (1 - beta1**t) * m / (np.sqrt(v / (1 - beta2**t)) + self.eps)

# %% solution="adamw"
#| export
class AdamW(Adam):
    "Adam, with weight decay apart from the gradient, as `torch.optim.AdamW`."

    _settings = ("lr", "betas", "eps", "weight_decay")

    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(parameters, lr, betas, eps)
        self.weight_decay = weight_decay

    def _change(self, parameter, state):
        return super()._change(parameter, state) + self.lr * self.weight_decay * parameter.data
