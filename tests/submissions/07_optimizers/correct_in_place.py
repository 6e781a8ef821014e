# %% [markdown]
# why: correct, buffers are made once and written to in place
# base: reference

# %% solution="sgd"
#| export
class SGD(Optimizer):
    "Gradient descent with momentum and weight decay, as `torch.optim.SGD`."

    _settings = ("lr", "momentum", "weight_decay")

    def __init__(self, parameters, lr, momentum=0.0, weight_decay=0.0):
        super().__init__(parameters, lr)
        self.momentum = _in_range("momentum value", momentum)
        self.weight_decay = _in_range("weight_decay value", weight_decay)

    def _change(self, parameter, state):
        change = parameter.grad.data.copy()
        if self.weight_decay != 0:
            change += self.weight_decay * parameter.data
        if self.momentum != 0:
            if "momentum_buffer" not in state:
                state["momentum_buffer"] = np.zeros_like(parameter.data)
            buffer = state["momentum_buffer"]
            buffer *= self.momentum
            buffer += change
            change[...] = buffer
        change *= self.lr
        return change

# %% solution="adam"
#| export
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
        if not state:
            state.update(step=0, exp_avg=np.zeros_like(parameter.data), exp_avg_sq=np.zeros_like(parameter.data))
        state["step"] += 1
        first, second = self.betas
        state["exp_avg"] += (1 - first) * (parameter.grad.data - state["exp_avg"])
        state["exp_avg_sq"] += (1 - second) * (parameter.grad.data**2 - state["exp_avg_sq"])
        size = np.sqrt(state["exp_avg_sq"], out=np.empty_like(parameter.data))
        size /= (1 - second ** state["step"]) ** 0.5
        size += self.eps
        np.divide(state["exp_avg"], size, out=size)
        size *= self.lr / (1 - first ** state["step"])
        return size
