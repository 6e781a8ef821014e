# %% [markdown]
# why: a for loop over the order, and a dictionary that only grows
# base: reference
# loses: {backward-profile: 3}
# says: "at most 4 results should be alive; there were 40 | order.pop() and arrived.pop(tensor)"
# at: "line 2 of your cell `_backward`"

# %% solution="backward"
#| export
def _backward(tensor, gradient=None):
    arrived = {tensor: _first_gradient(tensor, gradient)}
    for tensor in reversed(_topological_order(tensor)):
        if tensor not in arrived:
            continue
        if tensor.grad_fn is None:
            before = 0 if tensor.grad is None else tensor.grad.data
            tensor.grad = Tensor(before + arrived[tensor], dtype=tensor.dtype)
            continue
        for value, share in tensor.grad_fn.gradients(arrived[tensor]):
            arrived[value] = arrived[value] + share if value in arrived else share
        tensor.grad_fn.release()
