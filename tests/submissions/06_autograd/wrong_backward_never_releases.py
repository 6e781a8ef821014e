# %% [markdown]
# why: the graph is kept after the walk
# base: reference
# loses: {backward-once: 1, backward-profile: 3}
# says: a second walk | call release() on each node
# at: "line 2 of your cell `_backward`"

# %% solution="backward"
#| export
def _backward(tensor, gradient=None):
    arrived = {tensor: _first_gradient(tensor, gradient)}
    order = _topological_order(tensor)
    while order:
        tensor = order.pop()
        total = arrived.pop(tensor, None)
        if total is None:
            continue
        if tensor.grad_fn is None:
            before = 0 if tensor.grad is None else tensor.grad.data
            tensor.grad = Tensor(before + total, dtype=tensor.dtype)
            continue
        for value, share in tensor.grad_fn.gradients(total):
            arrived[value] = arrived[value] + share if value in arrived else share
