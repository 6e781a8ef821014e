# %% [markdown]
# why: the corrected means are kept beside the others, twice the memory
# base: reference
# loses: {adam-profile: 3}

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
        state["step"] = t = state.get("step", 0) + 1
        state["exp_avg"] = beta1 * state.get("exp_avg", 0) + (1 - beta1) * gradient
        state["exp_avg_sq"] = beta2 * state.get("exp_avg_sq", 0) + (1 - beta2) * gradient**2
        state["mean"] = state["exp_avg"] / (1 - beta1**t)
        state["square"] = state["exp_avg_sq"] / (1 - beta2**t)
        return self.lr * state["mean"] / (np.sqrt(state["square"]) + self.eps)
