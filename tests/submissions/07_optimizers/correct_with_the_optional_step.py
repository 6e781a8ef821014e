# %% [markdown]
# why: correct, with schedules and clipping of its own
# base: reference

# %% solution="schedules"
#| export
class StepLR(_Schedule):
    def __init__(self, optimizer, step_size, gamma=0.1):
        _Schedule.__init__(self, optimizer)
        if step_size <= 0:
            raise ValueError("step_size")
        self.step_size = step_size
        self.gamma = gamma

    def get_lr(self):
        turns = self.last_epoch % self.step_size == 0
        return self.optimizer.lr * (self.gamma if turns else 1)

class CosineAnnealingLR(_Schedule):
    def __init__(self, optimizer, T_max, eta_min=0.0):
        super().__init__(optimizer)
        if T_max <= 0:
            raise ValueError("T_max")
        self.T_max, self.low = T_max, eta_min

    def get_lr(self):
        high = self.base_lr
        return (self.low + high) / 2 + (high - self.low) / 2 * np.cos(np.pi * self.last_epoch / self.T_max)

# %% solution="clip"
#| export
def clip_grad_norm_(parameters, max_norm):
    if isinstance(parameters, Tensor):
        parameters = [parameters]
    grads = [p.grad for p in parameters if p.grad is not None]
    norm = np.linalg.norm([np.linalg.norm(grad.data.astype(float)) for grad in grads])
    if norm > max_norm:
        for grad in grads:
            grad.data *= max_norm / (norm + 1e-6)
    return norm
