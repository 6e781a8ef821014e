# %% [markdown]
# why: a Tensor is looked at and never taken off the list of what is to do
# base: reference
# loses: {order-chain: 2, order-diamond: 3, order-deep: 2}
# says: a loop in _topological_order does not end | let the loop change what its condition compares
# at: "line 4 of your cell `_topological_order`"

# %% solution="order"
#| export
def _topological_order(tensor):
    order, begun, to_do = [], set(), [tensor]
    while to_do:
        tensor = to_do[-1]
        if tensor in begun:
            order.append(tensor)
        else:
            begun.add(tensor)
            if tensor.grad_fn is not None:
                to_do += tensor.grad_fn.inputs
    return order
