# %% [markdown]
# why: results in between keep their gradient too
# base: reference
# loses: {backward-leaves: 1}
# says: only the leaf keeps its grad
# at: "line 11 of your cell `_backward`"

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
        before = 0 if tensor.grad is None else tensor.grad.data
        tensor.grad = Tensor(before + total, dtype=tensor.dtype)
        if tensor.grad_fn is None:
            continue
        for value, share in tensor.grad_fn.gradients(total):
            arrived[value] = arrived[value] + share if value in arrived else share
        tensor.grad_fn.release()
