# %% [markdown]
# why: correct, but noisy - warnings and lines on stderr never cost points
# base: reference

# %% solution="loader-iter"
#| export
import sys
import warnings


@patch
def __iter__(self: DataLoader):
    warnings.warn("loading in the main process is slow")
    print("starting an epoch", file=sys.stderr)
    n = len(self.dataset)
    order = range(n)
    if self.shuffle:
        order = self.generator.permutation(n) if self.generator else np.random.permutation(n)
    for i in range(0, n, self.batch_size):
        yield self._collate_batch([self.dataset[int(j)] for j in order[i : i + self.batch_size]])

# %% solution="compose"
#| export
class Compose:
    def __init__(self, transforms):
        warnings.warn("deprecated", DeprecationWarning)
        self.transforms = transforms

    def __call__(self, image):
        print("transforming", file=sys.stderr)
        for transform in self.transforms:
            image = transform(image)
        return image
