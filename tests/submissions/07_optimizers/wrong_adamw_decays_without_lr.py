# %% [markdown]
# why: weight_decay is not multiplied by lr
# base: reference
# loses: {adamw-decay: 4, adamw-steps: 6}
# says: lr · weight_decay · weight
# at: "line 10 of your cell `class AdamW`"

# %% solution="adamw"
#| export
class AdamW(Adam):
    _settings = ("lr", "betas", "eps", "weight_decay")

    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(parameters, lr, betas, eps)
        self.weight_decay = _in_range("weight_decay value", weight_decay)

    def _change(self, parameter, state):
        return super()._change(parameter, state) + self.weight_decay * parameter.data
