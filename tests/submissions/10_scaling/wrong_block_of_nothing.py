# %% [markdown]
# why: batches without arrays are forgotten, a block of 0 bytes
# base: reference
# loses: {block-there-and-back: 3}

# %% solution="to-block"
#| export
def _to_block(name, batch):
    buffers = []
    head = pickle.dumps(batch, protocol=5, buffer_callback=buffers.append)
    parts = [buffer.raw() for buffer in buffers]
    sizes = [part.nbytes for part in parts]
    block, start = _block(name, sum(sizes)), 0
    for part in parts:
        block.buf[start:start + part.nbytes] = part
        start += part.nbytes
    return head, sizes

# %% solution="from-block"
#| export
def _from_block(name, told):
    head, sizes = told
    block, start, parts = _block(name, sum(sizes)), 0, []
    for size in sizes:
        parts.append(bytearray(block.buf[start:start + size]))
        start += size
    return pickle.loads(head, buffers=parts)
