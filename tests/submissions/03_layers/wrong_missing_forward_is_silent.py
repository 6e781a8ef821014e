# %% [markdown]
# why: a layer without forward gives None
# base: reference
# loses: {layer-no-forward: 2}
# says: "Layer()(x) should raise NotImplementedError | it raised nothing"
# at: "line 5 of your cell `class Layer`"

# %% solution="layer"
#| export
class Layer:
    training = True

    def __call__(self, *inputs):
        return self.forward(*inputs)

    def forward(self, *inputs):
        pass
