# %% [markdown]
# why: takes any state
# base: reference
# loses: {state-refuses: 2, state-place: 1}

# %% solution="load-state-dict"
#| export
@patch
def load_state_dict(self: ScalingLoader, state):
    self._at = self._next = (state["epoch"], state["batch"])
