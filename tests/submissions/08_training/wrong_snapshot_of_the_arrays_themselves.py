# %% [markdown]
# why: the arrays are not copied
# base: reference
# loses: {snapshot-holds: 4}

# %% solution="snapshot"
#| export
@patch
def _snapshot(self: Trainer) -> dict:
    "All that the next epoch depends on, as copies: parameters, optimizer, history, random."
    return {
        "parameters": [parameter.data for parameter in self.model.parameters()],
        "optimizer": self.optimizer.state_dict(),
        "history": {name: list(numbers) for name, numbers in self.history.items()},
        "random": self._random_state(),
    }
