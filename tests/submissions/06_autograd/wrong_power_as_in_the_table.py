# %% [markdown]
# why: the formulas as they stand, with log(0) and 0 ** -1
# base: reference
# loses: {rule-power-exponent: 1}

# %% solution="divide-rules"
#| export
@_differentiable(Tensor, "__truediv__", "__rtruediv__")
def _divide_backward(gradient, output, a, b):
    return gradient / b, -gradient * output / b

@_differentiable(Tensor, "__pow__", "__rpow__")
def _power_backward(gradient, output, a, b):
    return gradient * b * a ** (b - 1), gradient * output * np.log(a)
