# %% [markdown]
# why: says where the next loop begins, not where this one is
# base: reference
# loses: {state-resumes: 4}

# %% solution="state-dict"
#| export
@patch
def state_dict(self: ScalingLoader) -> dict:
    "Where the loader is: all that it takes to go on from there, as numbers that JSON takes."
    epoch, batch = self._next
    settings = {"seed": self.seed, "batch_size": self.batch_size, "shuffle": self.shuffle, "samples": len(self.sampler)}
    return {**settings, "epoch": epoch, "batch": batch}
