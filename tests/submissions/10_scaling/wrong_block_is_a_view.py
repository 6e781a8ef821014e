# %% [markdown]
# why: arrays look into the block that is closed
# base: reference
# loses: {block-there-and-back: 3, block-owned: 2}

# %% solution="from-block"
#| export
def _from_block(name, told):
    "Give the batch in a block of shared memory, with memory of its own, and remove the block."
    block, start, parts = SharedMemory(name), 0, []
    for size in told:
        parts.append(block.buf[start:start + size])
        start += size
    block.close()
    block.unlink()
    return pickle.loads(parts[0], buffers=parts[1:])
