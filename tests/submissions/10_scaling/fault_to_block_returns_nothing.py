# %% [markdown]
# why: the other side is told nothing
# base: reference
# loses: {block-there-and-back: 3, block-owned: 2}
# says: "is its `return` missing?"
# at: "line 7 of your cell `_to_block`"

# %% solution="to-block"
#| export
def _to_block(name, batch):
    buffers = []
    head = pickle.dumps(batch, protocol=5, buffer_callback=buffers.append)
    parts = [memoryview(head), *(buffer.raw() for buffer in buffers)]
    block, start = _block(name, sum(part.nbytes for part in parts)), 0
    for part in parts:
        block.buf[start:start + part.nbytes] = part
        start += part.nbytes
