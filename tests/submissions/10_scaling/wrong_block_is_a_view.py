# %% [markdown]
# why: arrays look into the block, which the next batch overwrites
# base: reference
# loses: {block-there-and-back: 3, block-owned: 2}

# %% solution="from-block"
#| export
def _from_block(name, told):
    "Give the batch in the block of this name, with memory of its own."
    block, start, parts = _block(name, sum(told)), 0, []
    for size in told:
        parts.append(block.buf[start:start + size])
        start += size
    return pickle.loads(parts[0], buffers=parts[1:])
