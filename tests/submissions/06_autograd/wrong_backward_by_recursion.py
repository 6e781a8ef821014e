# %% [markdown]
# why: the walk calls itself for the next Tensor of the order
# base: reference
# loses: {backward-deep: 1, backward-profile: 3}

# %% solution="backward"
#| export
def _backward(tensor, gradient=None):
    arrived = {tensor: _first_gradient(tensor, gradient)}
    order = _topological_order(tensor)

    def walk():
        if not order:
            return
        current = order.pop()
        total = arrived.pop(current, None)
        if total is not None and current.grad_fn is None:
            before = 0 if current.grad is None else current.grad.data
            current.grad = Tensor(before + total, dtype=current.dtype)
        elif total is not None:
            for value, share in current.grad_fn.gradients(total):
                arrived[value] = arrived[value] + share if value in arrived else share
            current.grad_fn.release()
        del current
        walk()

    walk()
