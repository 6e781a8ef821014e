# %% [markdown]
# why: correct, the walk goes by the age of nodes - each gets a number when it is recorded
# base: reference

# %% solution="recorded"
#| export
from itertools import count

_ages = count()

def _recorded(forward, rule):
    @wraps(forward)
    def recording(*arguments, **options):
        given = arguments + tuple(options.values())
        if not (_recording and any(_wants_gradient(value) for value in given)):
            return forward(*arguments, **options)
        with no_grad():
            result = forward(*arguments, **options)
        if result.data.dtype.kind == "f" and not any(value is result for value in given):
            node = Node(forward, rule, result, arguments, options)
            node.age = next(_ages)
            result.requires_grad, result.grad_fn = True, node
        return result
    return recording

# %% solution="order"
#| export
def _topological_order(tensor):
    found, to_do = {}, [tensor]
    while to_do:
        t = to_do.pop()
        if t not in found:
            found[t] = -1 if t.grad_fn is None else t.grad_fn.age
            to_do.extend(() if t.grad_fn is None else t.grad_fn.inputs)
    return sorted(found, key=found.get)

# %% solution="divide-rules"
#| export
@_differentiable(Tensor, "__truediv__", "__rtruediv__")
def _divide_backward(gradient, output, a, b):
    return gradient * b**-1.0, -gradient * a * np.asarray(b, dtype=float) ** -2

@_differentiable(Tensor, "__pow__", "__rpow__")
def _power_backward(gradient, output, a, b):
    a, b = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float))
    base, flat = np.zeros(a.shape), b == 0
    base[~flat] = b[~flat] * a[~flat] ** (b[~flat] - 1)
    exponent, positive = np.zeros(a.shape), a > 0
    exponent[positive] = output[positive] * np.log(a[positive])
    return gradient * base, gradient * exponent

# %% solution="activation-rules"
#| export
@_differentiable(ReLU, "__call__")
def _relu_backward(gradient, output, relu, x):
    return None, np.where(output > 0, gradient, 0)

@_differentiable(Sigmoid, "__call__")
def _sigmoid_backward(gradient, output, sigmoid, x):
    return None, gradient * (output - output**2)

@_differentiable(Tanh, "__call__")
def _tanh_backward(gradient, output, tanh, x):
    return None, gradient * (1 - output) * (1 + output)

@_differentiable(GELU, "__call__")
def _gelu_backward(gradient, output, gelu, x):
    if gelu.approximate == "tanh":
        return None, gradient * _gelu_tanh_slope(x)
    share = np.divide(output, x, out=np.full(x.shape, 0.5, x.dtype), where=x != 0)
    return None, gradient * (share + x * np.exp(-0.5 * x * x) * (2 * np.pi) ** -0.5)
