# %% [markdown]
# why: a new block for each batch, under a name that is taken
# base: reference
# loses: {block-owned: 2}

# %% solution="to-block"
#| export
def _to_block(name, batch):
    buffers = []
    head = pickle.dumps(batch, protocol=5, buffer_callback=buffers.append)
    parts = [memoryview(head), *(buffer.raw() for buffer in buffers)]
    sizes = [part.nbytes for part in parts]
    block, start = SharedMemory(name, create=True, size=sum(sizes)), 0
    for part in parts:
        block.buf[start:start + part.nbytes] = part
        start += part.nbytes
    block.close()
    return sizes
