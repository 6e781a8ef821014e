# %% [markdown]
# why: the slope of a / b by b is taken for -a / b
# base: reference
# loses: {rule-divide: 3}

# %% solution="divide-rules"
#| export
@_differentiable(Tensor, "__truediv__", "__rtruediv__")
def _divide_backward(gradient, output, a, b):
    return gradient / b, -gradient * a / b

@_differentiable(Tensor, "__pow__", "__rpow__")
def _power_backward(gradient, output, a, b):
    lower = b - (b != 0)
    return gradient * b * a**lower, gradient * output * np.log(np.where(a > 0, a, 1))
