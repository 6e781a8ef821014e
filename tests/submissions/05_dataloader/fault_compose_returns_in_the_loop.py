# %% [markdown]
# why: return stands in the loop, so only the first transform is applied
# base: reference
# loses: {compose-order: 1}
# says: "Compose([add 1, times 10])(2) should be (2 + 1) * 10 = 30; it was 3. | ends the loop of line"
# at: "line 9 of your cell `class Compose`"

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
