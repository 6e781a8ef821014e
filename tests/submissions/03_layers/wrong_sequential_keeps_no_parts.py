# %% [markdown]
# why: Sequential forgets to keep its parts
# base: reference
# loses: {sequential-forward: 5, sequential-list: 3, sequential-parameters: 3, sequential-modes: 2, sequential-profile: 2}
# says: "'Sequential' object has no attribute 'layers'"
# at: "line 7 of your cell `class Sequential`"

# %% solution="sequential"
#| export
class Sequential(Layer):
    def __init__(self, *layers):
        layers = list(layers)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x)
        return x

    def __getitem__(self, index: int):
        return self.layers[index]

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self):
        return iter(self.layers)
