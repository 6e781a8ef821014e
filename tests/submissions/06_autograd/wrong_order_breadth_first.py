# %% [markdown]
# why: nearest first, read from the end
# base: reference
# loses: {order-diamond: 3}

# %% solution="order"
#| export
def _topological_order(tensor):
    found, seen = [tensor], {id(tensor)}
    for t in found:
        for value in t.grad_fn.inputs if t.grad_fn is not None else ():
            if id(value) not in seen:
                seen.add(id(value))
                found.append(value)
    return found[::-1]
