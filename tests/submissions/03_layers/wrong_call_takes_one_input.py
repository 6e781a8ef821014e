# %% [markdown]
# why: a layer can be called with one input only
# base: reference
# loses: {layer-call: 4}

# %% solution="layer"
#| export
class Layer:
    training = True

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        raise NotImplementedError(f"{type(self).__name__} has no forward")
