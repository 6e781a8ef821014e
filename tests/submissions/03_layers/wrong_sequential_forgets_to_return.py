# %% [markdown]
# why: Sequential sends x through, and gives nothing back
# base: reference
# loses: {sequential-forward: 5, sequential-modes: 2}
# says: "Sequential should give a Tensor | it gave None"
# at: "line 7 of your cell `class Sequential`"

# %% solution="sequential"
#| export
class Sequential(Layer):
    def __init__(self, *layers):
        self.layers = list(layers)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x)

    def __getitem__(self, index: int):
        return self.layers[index]

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self):
        return iter(self.layers)
