# %% [markdown]
# why: the copies are bytes, so arrays are read-only
# base: reference
# loses: {block-owned: 2}

# %% solution="from-block"
#| export
def _from_block(name, told):
    "Give the batch in the block of this name, with memory of its own."
    block, start, parts = _block(name, sum(told)), 0, []
    for size in told:
        parts.append(bytes(block.buf[start:start + size]))
        start += size
    return pickle.loads(parts[0], buffers=parts[1:])
