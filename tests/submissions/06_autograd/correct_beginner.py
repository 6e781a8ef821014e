# %% [markdown]
# why: correct, in small steps - loops, many variables, nothing clever
# base: reference

# %% solution="slope"
#| export
def _slope(function, at, step=1e-5):
    right = function(at + step)
    left = function(at - step)
    distance = 2 * step
    return (right - left) / distance

# %% solution="by-hand"
s_gradient = d_gradient
p_gradient = s_gradient
x_gradient = p_gradient * 3
from_p = p_gradient * 2
from_s = s_gradient
w_gradient = from_p + from_s

# %% solution="unbroadcast"
#| export
def _unbroadcast(gradient, shape):
    while len(gradient.shape) > len(shape):
        gradient = gradient.sum(axis=0)
    for i in range(len(shape)):
        if shape[i] == 1:
            if gradient.shape[i] != 1:
                gradient = gradient.sum(axis=i, keepdims=True)
    return gradient

# %% solution="order"
#| export
def _topological_order(tensor):
    done = []
    done_ids = set()
    stack = [tensor]
    while len(stack) > 0:
        t = stack[-1]
        if id(t) in done_ids:
            stack.pop()
            continue
        missing = []
        if t.grad_fn is not None:
            for value in t.grad_fn.inputs:
                if id(value) not in done_ids:
                    missing.append(value)
        if len(missing) == 0:
            done.append(t)
            done_ids.add(id(t))
            stack.pop()
        else:
            stack.extend(missing)
    return done

# %% solution="start-gradient"
#| export
def _first_gradient(tensor, gradient):
    if not tensor.requires_grad or tensor.dtype.kind != "f":
        raise RuntimeError("no gradient wanted")
    if gradient is None:
        if tensor.size == 1:
            return np.ones_like(tensor.data)
        raise RuntimeError("give a gradient")
    if isinstance(gradient, Tensor):
        gradient = gradient.data
    gradient = np.array(gradient).astype(tensor.dtype)
    if gradient.shape != tensor.shape:
        raise RuntimeError("wrong shape")
    return gradient

# %% solution="reduction-rules"
#| export
@_differentiable(Tensor, "sum")
def _sum_backward(gradient, output, x, axis=None, keepdims=False):
    return np.ones(x.shape) * _put_back(gradient, axis, keepdims)

@_differentiable(Tensor, "mean")
def _mean_backward(gradient, output, x, axis=None, keepdims=False):
    n = x.size / output.size
    return np.ones(x.shape) * _put_back(gradient, axis, keepdims) / n

@_differentiable(Tensor, "max")
def _max_backward(gradient, output, x, axis=None, keepdims=False):
    mask = np.where(x == _put_back(output, axis, keepdims), 1.0, 0.0)
    count = np.sum(mask, axis=axis, keepdims=True)
    return mask / count * _put_back(gradient, axis, keepdims)

# %% solution="mse-rule"
#| export
@_differentiable(MSELoss, "__call__")
def _mse_backward(gradient, output, loss, predictions, targets):
    n = 1
    for length in predictions.shape:
        n = n * length
    difference = predictions - targets
    return None, gradient * (2 / n) * difference, gradient * (-2 / n) * difference
