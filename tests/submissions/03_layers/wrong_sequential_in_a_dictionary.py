# %% [markdown]
# why: the parts are kept in a dictionary, where nobody looks for parameters
# base: reference
# loses: {sequential-parameters: 3, sequential-modes: 2, sequential-profile: 2}

# %% solution="sequential"
#| export
class Sequential(Layer):
    def __init__(self, *layers):
        self.layers = {number: layer for number, layer in enumerate(layers)}

    def forward(self, x):
        for layer in self.layers.values():
            x = layer(x)
        return x

    def __getitem__(self, index):
        if index < 0:
            index += len(self.layers)
        if index not in self.layers:
            raise IndexError(index)
        return self.layers[index]

    def __len__(self):
        return len(self.layers)

    def __iter__(self):
        return iter(self.layers.values())
