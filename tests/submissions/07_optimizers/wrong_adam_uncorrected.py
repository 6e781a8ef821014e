# %% [markdown]
# why: the means that start at 0 are used as they are
# base: reference
# loses: {adam-first: 4, adam-steps: 6, adam-state: 4, adam-eps: 2}
# says: m divided by (1 - beta1**t) | it got to 0.68377
# at: "line 19 of your cell `class Adam`"

# %% solution="adam"
#| export
class Adam(Optimizer):
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
        gradient, (beta1, beta2) = parameter.grad.data, self.betas
        state["step"] = state.get("step", 0) + 1
        state["exp_avg"] = m = beta1 * state.get("exp_avg", 0) + (1 - beta1) * gradient
        state["exp_avg_sq"] = v = beta2 * state.get("exp_avg_sq", 0) + (1 - beta2) * gradient**2
        return self.lr * m / (np.sqrt(v) + self.eps)
