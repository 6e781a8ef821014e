# %% [markdown]
# why: b * a**b, without taking one off the exponent
# base: reference
# loses: {rule-power: 3, rule-power-exponent: 1}

# %% solution="divide-rules"
#| export
@_differentiable(Tensor, "__truediv__", "__rtruediv__")
def _divide_backward(gradient, output, a, b):
    return gradient / b, -gradient * output / b

@_differentiable(Tensor, "__pow__", "__rpow__")
def _power_backward(gradient, output, a, b):
    return gradient * b * output, gradient * output * np.log(np.where(a > 0, a, 1))
