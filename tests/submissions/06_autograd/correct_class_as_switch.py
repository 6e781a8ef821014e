# %% [markdown]
# why: correct, no_grad is a class, a depth-first walk with iterators, lists as answers
# base: reference

# %% solution="no-grad"
#| export
from contextlib import ContextDecorator


class no_grad(ContextDecorator):
    "Switches recording off between __enter__ and __exit__."

    def __init__(self):
        self.before = []

    def __enter__(self):
        global _recording
        self.before.append(_recording)
        _recording = False
        return self

    def __exit__(self, *error):
        global _recording
        _recording = self.before.pop()

# %% solution="recorded"
#| export
def _recorded(forward, rule):
    @wraps(forward)
    def recording(*arguments, **options):
        wanted = False
        for value in list(arguments) + list(options.values()):
            if _wants_gradient(value):
                wanted = True
        if not _recording or not wanted:
            return forward(*arguments, **options)
        with no_grad():
            result = forward(*arguments, **options)
        if result.dtype not in (np.float16, np.float32, np.float64):
            return result
        for value in list(arguments) + list(options.values()):
            if value is result:
                return result
        result.grad_fn = Node(forward, rule, result, arguments, options)
        result.requires_grad = True
        return result
    return recording

# %% solution="order"
#| export
def _topological_order(tensor):
    def inputs(t):
        return iter(() if t.grad_fn is None else t.grad_fn.inputs)

    order, seen, path = [], {id(tensor)}, [(tensor, inputs(tensor))]
    while path:
        current, rest = path[-1]
        for value in rest:
            if id(value) not in seen:
                seen.add(id(value))
                path.append((value, inputs(value)))
                break
        else:
            order.append(current)
            path.pop()
    return order

# %% solution="subtract-rules"
#| export
@_differentiable(Tensor, "__sub__", "__rsub__")
def _subtract_backward(gradient, output, a, b):
    return [gradient, -1 * gradient]

@_differentiable(Tensor, "__neg__")
def _negate_backward(gradient, output, a):
    return [-1 * gradient]

# %% solution="index-rule"
#| export
@_differentiable(Tensor, "__getitem__")
def _index_backward(gradient, output, x, index):
    places = np.arange(x.size).reshape(x.shape)[index]
    sums = np.bincount(places.ravel(), weights=gradient.ravel(), minlength=x.size)
    return sums.reshape(x.shape)

# %% solution="softmax-rule"
#| export
@_differentiable(Softmax, "__call__")
def _softmax_backward(gradient, output, softmax, x):
    y = np.moveaxis(output, softmax.dim, -1)
    g = np.moveaxis(gradient, softmax.dim, -1)
    jacobian = y[..., :, None] * (np.eye(y.shape[-1]) - y[..., None, :])
    return None, np.moveaxis((jacobian @ g[..., None])[..., 0], -1, softmax.dim)
