# %% [markdown]
# why: correct, in small steps with many names
# base: reference

# %% solution="optimizer"
#| export
class Optimizer:
    def __init__(self, parameters, lr):
        if type(parameters) == Tensor:
            raise TypeError("give a list")
        self.parameters = []
        for p in parameters:
            if not isinstance(p, Tensor):
                raise TypeError("give Tensors")
            self.parameters.append(p)
        if len(self.parameters) == 0:
            raise ValueError("no parameters")
        if not 0 <= lr < np.inf:
            raise ValueError("no rate")
        self.lr = lr
        self.state = {}
        for p in self.parameters:
            self.state[p] = {}

    def zero_grad(self):
        for i in range(len(self.parameters)):
            self.parameters[i].grad = None

# %% solution="step"
#| export
@patch
def step(self: Optimizer):
    for p in self.parameters:
        if p.grad is None:
            continue
        change = self._change(p, self.state[p])
        p.data[...] = p.data - change

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
        g = parameter.grad.data
        b1 = self.betas[0]
        b2 = self.betas[1]
        if "step" not in state:
            state["step"] = 0
            state["exp_avg"] = 0 * g
            state["exp_avg_sq"] = 0 * g
        t = state["step"] + 1
        m = b1 * state["exp_avg"] + (1 - b1) * g
        v = b2 * state["exp_avg_sq"] + (1 - b2) * g * g
        m_hat = m / (1 - b1**t)
        v_hat = v / (1 - b2**t)
        state["step"] = t
        state["exp_avg"] = m
        state["exp_avg_sq"] = v
        return self.lr * m_hat / (np.sqrt(v_hat) + self.eps)

# %% solution="adamw"
#| export
class AdamW(Adam):
    "Adam, with weight decay apart from the gradient, as `torch.optim.AdamW`."

    _settings = ("lr", "betas", "eps", "weight_decay")

    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(parameters, lr, betas, eps)
        self.weight_decay = _in_range("weight_decay value", weight_decay)

    def _change(self, parameter, state):
        decay = self.lr * self.weight_decay * parameter.data
        adam = Adam._change(self, parameter, state)
        return decay + adam
