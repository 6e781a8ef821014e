# %% [markdown]
# why: a function that calls itself for every input
# base: reference
# loses: {order-deep: 2}
# says: without recursion | RecursionError
# at: "line 11 of your cell `_topological_order`"

# %% solution="order"
#| export
def _topological_order(tensor):
    order, seen = [], set()

    def visit(t):
        if t in seen:
            return
        seen.add(t)
        if t.grad_fn is not None:
            for value in t.grad_fn.inputs:
                visit(value)
        order.append(t)

    visit(tensor)
    return order
