# %% [markdown]
# why: a new gradient takes the place of the old one
# base: reference
# loses: {backward-accumulates: 3}
# says: "should add up to [7, 7] | add to the grad that is there"
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
        if tensor.grad_fn is None:
            tensor.grad = Tensor(total.copy(), dtype=tensor.dtype)
            continue
        for value, share in tensor.grad_fn.gradients(total):
            arrived[value] = arrived[value] + share if value in arrived else share
        tensor.grad_fn.release()
