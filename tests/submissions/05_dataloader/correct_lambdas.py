# %% [markdown]
# why: correct, as many lambdas and as few statements as one can
# base: reference

# %% solution="loader-iter"
#| export
_order = lambda n, loader: (
    range(n)
    if not loader.shuffle
    else (loader.generator.permutation if loader.generator else np.random.permutation)(n)
)


@patch
def __iter__(self: DataLoader):
    order = _order(len(self.dataset), self)
    fetch = lambda start: [self.dataset[i] for i in order[start : start + self.batch_size]]
    return map(lambda start: self._collate_batch(fetch(start)), range(0, len(order), self.batch_size))

# %% solution="compose"
#| export
class Compose:
    def __init__(self, transforms):
        call = lambda image: image
        for transform in transforms:
            call = (lambda before, after: lambda image: after(before(image)))(call, transform)
        self.call = call

    def __call__(self, image):
        return self.call(image)
