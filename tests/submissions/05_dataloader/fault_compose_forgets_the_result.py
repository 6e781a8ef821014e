# %% [markdown]
# why: what a transform returns is not kept
# base: reference
# loses: {compose-order: 1}
# says: "Compose of adding 1, then times 10, should make 30 of 2; it made 2."
# at: "line 7 of your cell `class Compose`"

# %% solution="compose"
#| export
class Compose:
    """Several transforms, one after the other."""
    def __init__(self, transforms):
        self.transforms = list(transforms)

    def __call__(self, image):
        for transform in self.transforms:
            transform(image)
        return image
