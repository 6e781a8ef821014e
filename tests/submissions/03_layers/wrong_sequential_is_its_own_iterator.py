# %% [markdown]
# why: a model counts where its loop stands, and never begins again
# base: reference
# loses: {sequential-list: 3}

# %% solution="sequential"
#| export
class Sequential(Layer):
    def __init__(self, *layers):
        self.layers = list(layers)
        self.place = 0

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def __getitem__(self, index):
        return self.layers[index]

    def __len__(self):
        return len(self.layers)

    def __iter__(self):
        return self

    def __next__(self):
        if self.place == len(self.layers):
            raise StopIteration
        self.place += 1
        return self.layers[self.place - 1]
