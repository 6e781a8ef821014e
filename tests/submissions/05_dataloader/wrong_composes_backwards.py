# %% [markdown]
# why: transforms are applied from the last to the first
# base: reference
# loses: {compose-order: 1}
# says: "makes 30 of 2; Compose made 21"
# at: "your cell `class Compose`"

# %% solution="compose"
#| export
class Compose:
    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, image):
        for transform in reversed(self.transforms):
            image = transform(image)
        return image
