# %% [markdown]
# why: correct, and step 7 left as it was released
# base: reference

# %% solution="adamw"
#| export
class AdamW(Adam):
    _settings = (*Adam._settings, "weight_decay")

    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(parameters, lr, betas, eps)
        self.weight_decay = _in_range("weight_decay value", weight_decay)

    def _change(self, parameter, state):
        decay = self.lr * self.weight_decay * parameter.data
        return decay + super()._change(parameter, state)

# %% solution="schedules"
#| export
pass  # OPTIONAL: YOUR CODE HERE

# %% solution="clip"
#| export
pass  # OPTIONAL: YOUR CODE HERE
