# %% [markdown]
# why: everything goes through the pipe
# base: reference
# loses: {block-profile: 2}

# %% solution="to-block"
#| export
def _to_block(name, batch):
    return pickle.dumps(batch)

# %% solution="from-block"
#| export
def _from_block(name, told):
    return pickle.loads(told)
