# %% [markdown]
# why: NumPy's numbers, which JSON does not take
# base: reference
# loses: {loop-epochs: 3, state-resumes: 4}
# says: numbers that JSON takes | int64
# at: "line 6 of your cell `ScalingLoader.state_dict`"

# %% solution="state-dict"
#| export
@patch
def state_dict(self: ScalingLoader) -> dict:
    epoch, batch = np.array(self._at)
    settings = {"seed": self.seed, "batch_size": self.batch_size, "shuffle": self.shuffle, "samples": len(self.sampler)}
    return {**settings, "epoch": epoch, "batch": batch}
