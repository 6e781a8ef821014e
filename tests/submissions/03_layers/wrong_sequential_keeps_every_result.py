# %% [markdown]
# why: all results between the parts are collected
# base: reference
# loses: {sequential-profile: 2}

# %% solution="sequential"
#| export
class Sequential(Layer):
    def __init__(self, *layers):
        self.layers = list(layers)

    def forward(self, x):
        results = [x]
        for layer in self.layers:
            results.append(layer(results[-1]))
        return results[-1]

    def __getitem__(self, index):
        return self.layers[index]

    def __len__(self):
        return len(self.layers)

    def __iter__(self):
        return iter(self.layers)
