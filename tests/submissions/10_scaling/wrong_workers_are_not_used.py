# %% [markdown]
# why: this process makes the batches
# base: reference
# loses: {workers-order: 3, workers-ahead: 2, workers-errors: 3}

# %% solution="in-workers"
#| export
def _in_workers(make, plan, count, ahead):
    for indices in plan:
        yield make(indices)
