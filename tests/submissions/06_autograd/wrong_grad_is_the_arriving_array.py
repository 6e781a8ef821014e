# %% [markdown]
# why: the first gradient is kept as it came, not as an array of its own
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
            if tensor.grad is None:
                tensor.grad = Tensor(total, dtype=tensor.dtype)
            else:
                tensor.grad = tensor.grad + Tensor(total, dtype=tensor.dtype)
            continue
        for value, share in tensor.grad_fn.gradients(total):
            arrived[value] = arrived[value] + share if value in arrived else share
        tensor.grad_fn.release()
