# %% [markdown]
# why: the transforms are kept as an iterator, which is used up after the first image
# base: reference
# loses: {compose-order: 1}

# %% solution="compose"
#| export
class Compose:
    """Several transforms as one, applied in the order of the list `transforms`; an empty list changes nothing."""
    def __init__(self, transforms):
        self.transforms = iter(transforms)

    def __call__(self, image):
        "Give what the last transform returns."
        for transform in self.transforms:
            image = transform(image)
        return image
