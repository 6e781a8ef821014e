# %% [markdown]
# why: where paths meet, the last one counts
# base: reference
# loses: {backward-paths: 3}
# says: "from two paths | they got [8, 12] | add the shares in `arrived`"
# at: "line 15 of your cell `_backward`"

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
            arrived[value] = share
        tensor.grad_fn.release()
