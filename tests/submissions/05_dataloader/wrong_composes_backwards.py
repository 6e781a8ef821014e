# %% [markdown]
# why: transforms are applied from the last to the first
# base: reference
# loses: {compose-order: 1}
# says: "(2) should be (2 + 1) * 10 = 30; it was 21."
# at: "line 8 of your cell `class Compose`"

# %% solution="compose"
#| export
class Compose:
    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, image):
        for transform in reversed(self.transforms):
            image = transform(image)
        return image
