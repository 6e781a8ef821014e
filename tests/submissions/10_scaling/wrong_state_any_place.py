# %% [markdown]
# why: takes a batch that no epoch has
# base: reference
# loses: {state-place: 1}

# %% solution="load-state-dict"
#| export
@patch
def load_state_dict(self: ScalingLoader, state):
    for name, mine in self.state_dict().items():
        if name not in state:
            raise ValueError(f"the state says nothing of {name}")
        if name not in ("epoch", "batch") and state[name] != mine:
            raise ValueError(f"{name} is {state[name]!r} in the state and {mine!r} here")
    self._at = self._next = state["epoch"], state["batch"]
