# %% [markdown]
# why: a gradient that is given is not used
# base: reference
# loses: {backward-chain: 3, backward-accumulates: 3}

# %% solution="backward"
#| export
def _backward(tensor, gradient=None):
    arrived = {tensor: np.ones_like(_first_gradient(tensor, gradient))}
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
        tensor.grad_fn.release()
