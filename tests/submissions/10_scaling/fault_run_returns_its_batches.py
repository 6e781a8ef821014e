# %% [markdown]
# why: a list where a generator is asked for
# base: reference
# loses: {loop-epochs: 3, state-resumes: 4, loop-lazy: 1, resume-profile: 2}
# says: "_run should be a generator | `yield` | it gave a list"
# at: "line 6 of your cell `ScalingLoader._run`"

# %% solution="run"
#| export
@patch
def _run(self: ScalingLoader):
    epoch, first = self._next
    self._at, self._next = (epoch + 1, 0), (epoch + 1, 0)
    return list(self._batches(epoch, first))
