# %% [markdown]
# why: nobody unlinks the block
# base: reference
# loses: {block-owned: 2}

# %% solution="from-block"
#| export
def _from_block(name, told):
    "Give the batch in a block of shared memory, with memory of its own, and remove the block."
    block, start, parts = SharedMemory(name), 0, []
    for size in told:
        parts.append(bytearray(block.buf[start:start + size]))
        start += size
    block.close()
    return pickle.loads(parts[0], buffers=parts[1:])
