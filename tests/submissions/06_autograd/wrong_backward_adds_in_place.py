# %% [markdown]
# why: += changes the array that addition gave to both operands
# base: reference
# loses: {backward-own-memory: 2}

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
            if value in arrived:
                arrived[value] += share
            else:
                arrived[value] = share
        tensor.grad_fn.release()
