# %% [markdown]
# why: the history is a list of four lists
# base: reference
# loses: {trainer-holds: 2}

# %% solution="trainer"
#| export
class Trainer:
    "A model, its optimizer and its loss: trains them, keeps the history, saves and goes on."

    _generators, _waiting = (), None  # chance: steps 5 to 7 use these

    def __init__(self, model, optimizer, loss_fn):
        self.model, self.optimizer, self.loss_fn = model, optimizer, loss_fn
        self.history = [[] for name in _HISTORY]
