# %% [markdown]
# why: takes any state
# base: reference
# loses: {state-refuses: 3}

# %% solution="load-state-dict"
#| export
@patch
def load_state_dict(self: ScalingLoader, state):
    self._at = self._next = (state["epoch"], state["batch"])
