# %% [markdown]
# why: grad is an ndarray, which it may not be
# base: reference
# loses: {backward-chain: 3, backward-paths: 3, backward-accumulates: 3, backward-own-memory: 2, backward-leaves: 1,
#         backward-once: 1, backward-deep: 1, backward-profile: 3}
# says: grad is a Tensor or None, not ndarray
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
            tensor.grad = np.array(total) if tensor.grad is None else tensor.grad + total
            continue
        for value, share in tensor.grad_fn.gradients(total):
            arrived[value] = arrived[value] + share if value in arrived else share
        tensor.grad_fn.release()
