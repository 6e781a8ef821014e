# %% [markdown]
# why: of chance only NumPy's generator is kept
# base: reference
# loses: {snapshot-holds: 4}

# %% solution="snapshot"
#| export
@patch
def _snapshot(self: Trainer) -> dict:
    "All that the next epoch depends on, as copies: parameters, optimizer, history, random."
    return {
        "parameters": [parameter.data.copy() for parameter in self.model.parameters()],
        "optimizer": self.optimizer.state_dict(),
        "history": {name: list(numbers) for name, numbers in self.history.items()},
        "random": {"numpy": np.random.get_state(legacy=False)},
    }
