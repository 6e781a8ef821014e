# %% [markdown]
# why: correct, the order by counting who still waits, gradients by id, np.sum over a padded shape
# base: reference

# %% solution="unbroadcast"
#| export
def _unbroadcast(gradient, shape):
    if gradient.shape == shape:
        return gradient
    padded = (1,) * (gradient.ndim - len(shape)) + tuple(shape)
    axes = tuple(i for i in range(gradient.ndim) if padded[i] == 1)
    return np.sum(gradient, axis=axes).reshape(shape)

# %% solution="order"
#| export
def _topological_order(tensor):
    def inputs(t):
        return t.grad_fn.inputs if t.grad_fn is not None else []

    waiting = {id(tensor): 0}
    found = [tensor]
    for t in found:  # the list grows while it is read
        for value in inputs(t):
            if id(value) not in waiting:
                waiting[id(value)] = 0
                found.append(value)
            waiting[id(value)] += 1
    ready, backwards = [tensor], []
    while ready:
        t = ready.pop()
        backwards.append(t)
        for value in inputs(t):
            waiting[id(value)] -= 1
            if waiting[id(value)] == 0:
                ready.append(value)
    return backwards[::-1]

# %% solution="backward"
#| export
def _backward(tensor, gradient=None):
    totals = {id(tensor): _first_gradient(tensor, gradient)}
    order = _topological_order(tensor)
    while order:
        current = order.pop()
        if id(current) not in totals:
            continue
        total = totals.pop(id(current))
        node = current.grad_fn
        if node is None:
            if current.grad is None:
                current.grad = Tensor(np.array(total), dtype=total.dtype)
            else:
                current.grad = Tensor(current.grad.data + total, dtype=total.dtype)
        else:
            for value, share in node.gradients(total):
                totals[id(value)] = totals.get(id(value), 0) + share
            node.release()

# %% solution="matmul-rule"
#| export
@_differentiable(Tensor, "__matmul__", "__rmatmul__")
def _matmul_backward(gradient, output, a, b):
    left = a[None, :] if a.ndim == 1 else a
    right = b[:, None] if b.ndim == 1 else b
    if b.ndim == 1:
        gradient = np.expand_dims(gradient, -1)
    if a.ndim == 1:
        gradient = np.expand_dims(gradient, -2)
    a_gradient = np.einsum("...nm,...km->...nk", gradient, right)
    b_gradient = np.einsum("...nk,...nm->...km", left, gradient)
    return a_gradient.squeeze(-2) if a.ndim == 1 else a_gradient, b_gradient.squeeze(-1) if b.ndim == 1 else b_gradient

# %% solution="cross-entropy-rule"
#| export
@_differentiable(CrossEntropyLoss, "__call__")
def _cross_entropy_backward(gradient, output, loss, predictions, targets):
    shifted = predictions - np.max(predictions, axis=-1, keepdims=True)
    log_shares = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    one_hot = np.eye(predictions.shape[1])[targets]
    return None, (np.exp(log_shares) - one_hot) * gradient / predictions.shape[0], None
