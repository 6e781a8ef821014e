# %% [markdown]
# why: the loop goes on with the same Tensor again
# base: reference
# loses: {backward-chain: 3, backward-paths: 3, backward-accumulates: 3, backward-own-memory: 2, backward-leaves: 1, backward-once: 1, backward-deep: 1, backward-profile: 3}
# says: a loop in _backward does not end | let the loop change what its condition compares
# at: "line 5 of your cell `_backward`"

# %% solution="backward"
#| export
def _backward(tensor, gradient=None):
    arrived = {tensor: _first_gradient(tensor, gradient)}
    order = _topological_order(tensor)
    while order:
        tensor = order[-1]
        if tensor not in arrived:
            continue
        total = arrived.pop(tensor)
        if tensor.grad_fn is None:
            before = 0 if tensor.grad is None else tensor.grad.data
            tensor.grad = Tensor(before + total, dtype=tensor.dtype)
            continue
        for value, share in tensor.grad_fn.gradients(total):
            arrived[value] = arrived[value] + share if value in arrived else share
        tensor.grad_fn.release()
