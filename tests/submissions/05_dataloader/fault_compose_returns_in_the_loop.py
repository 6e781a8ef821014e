# %% [markdown]
# why: return stands in the loop, so only the first transform is applied
# base: reference
# loses: {compose-order: 1}
# says: "Compose of adding 1, then times 10, should make 30 of 2; it made 3."
# at: "line 7 of your cell `class Compose`"

# %% solution="compose"
#| export
class Compose:
    """Several transforms, one after the other."""
    def __init__(self, transforms):
        self.transforms = list(transforms)

    def __call__(self, image):
        for transform in self.transforms:
            image = transform(image)
            return image
