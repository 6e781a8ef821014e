# %% [markdown]
# why: a call of a layer runs forward, and gives nothing back
# base: reference
# loses: {layer-call: 4}
# says: "layer(x) should give what forward gives | it gave None"
# at: "line 6 of your cell `class Layer`"

# %% solution="layer"
#| export
class Layer:
    training = True

    def __call__(self, *inputs):
        self.forward(*inputs)

    def forward(self, *inputs):
        raise NotImplementedError(f"{type(self).__name__} has no forward")
