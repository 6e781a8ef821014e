# %% [markdown]
# why: what a transform returns is not kept
# base: reference
# loses: {compose-order: 1}
# says: "Compose([add 1, times 10])(2) should be (2 + 1) * 10 = 30; it was 2."
# at: "line 10 of your cell `class Compose`"

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
