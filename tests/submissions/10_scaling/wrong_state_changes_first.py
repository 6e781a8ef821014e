# %% [markdown]
# why: has moved when it refuses
# base: reference
# loses: {state-refuses: 2, state-place: 1}

# %% solution="load-state-dict"
#| export
@patch
def load_state_dict(self: ScalingLoader, state):
    mine = self.state_dict()
    for name in mine:
        if name not in state:
            raise ValueError(name + " is missing")
    self._at = self._next = (state["epoch"], state["batch"])
    for name in ("seed", "batch_size", "shuffle", "samples"):
        if state[name] != mine[name]:
            raise ValueError(name + " differs")
