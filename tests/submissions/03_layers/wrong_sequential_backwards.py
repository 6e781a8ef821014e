# %% [markdown]
# why: the last part comes first
# base: reference
# loses: {sequential-forward: 5}

# %% solution="sequential"
#| export
class Sequential(Layer):
    def __init__(self, *layers):
        self.layers = list(layers)

    def forward(self, x):
        for layer in reversed(self.layers):
            x = layer(x)
        return x

    def __getitem__(self, index):
        return self.layers[index]

    def __len__(self):
        return len(self.layers)

    def __iter__(self):
        return iter(self.layers)
