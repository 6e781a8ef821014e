# %% [markdown]
# why: the order begins with the tensor itself
# base: reference
# loses: {order-chain: 2, order-diamond: 3, order-deep: 2}

# %% solution="order"
#| export
def _topological_order(tensor):
    order, begun, to_do = [], set(), [(tensor, False)]
    while to_do:
        tensor, done = to_do.pop()
        if done:
            order.insert(0, tensor)
        elif tensor not in begun:
            begun.add(tensor)
            to_do.append((tensor, True))
            if tensor.grad_fn is not None:
                to_do += [(value, False) for value in tensor.grad_fn.inputs]
    return order
