"""A small window looks at the image, place after place, always with the same eyes."""
__all__ = ['Conv2d', 'MaxPool2d', 'AvgPool2d', 'Flatten']
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from .autograd import _differentiable
from .layers import Layer
from .tensor import Tensor

def _pair(value):
    """An int n as (n, n); a pair as a tuple."""
    ...

def _refuse_others(x):
    """Raise `TypeError` if the images are no Tensor."""
    ...

def _output_size(size, kernel, stride=(1, 1), padding=(0, 0)):
    """Height and width of the result. `ValueError` if a kernel does not fit or a stride is below 1."""
    ...

def _slow_convolution(x, weight, stride=(1, 1), padding=(0, 0)):
    """Images (N, C, H, W) and kernels (out, C, height, width) give an array (N, out, height, width)."""
    ...

def _windows(x, kernel, stride=(1, 1), padding=(0, 0)):
    """All windows of images (N, C, H, W), as a view (N, C, height, width, kernel height, its width)."""
    ...

def _columns(windows):
    """Windows (N, C, height, width, kh, kw) as columns: (N, C * kh * kw, height * width)."""
    ...

class Conv2d(Layer):
    """Kernels that slide over images (N, in_channels, H, W), as `torch.nn.Conv2d`.

    Sizes are ints or pairs. Raises `ValueError` when the input's shape does not fit.
    """

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
        ...

    def forward(self, x: Tensor) -> Tensor:
        ...

    def _convolve(self, x, weight, bias):
        """The convolution of x with these kernels, plus bias where there is one."""
        ...

def _fold(windows, shape, stride=(1, 1), padding=(0, 0)):
    """The way back of `_windows`: images of `shape`, each pixel the sum of what windows have there."""
    ...

@_differentiable(Conv2d, '_convolve')
def _convolve_backward(gradient, output, layer, x, weight, bias):
    """Gradients of the layer (None), of x, of the weights and of the bias."""
    ...

class _Pool2d(Layer):
    """What both pools share: `kernel_size` and `stride`, as pairs."""

    def __init__(self, kernel_size, stride=None):
        ...

class MaxPool2d(_Pool2d):
    """The largest number of each window, as `torch.nn.MaxPool2d`. `ValueError` if none fits."""

    def forward(self, x: Tensor) -> Tensor:
        ...

@_differentiable(MaxPool2d, 'forward')
def _max_pool_backward(gradient, output, pool, x):
    """Gradients of the pool itself (None) and of x."""
    ...

class AvgPool2d(_Pool2d):
    """The mean of each window, as `torch.nn.AvgPool2d`. `ValueError` if none fits."""

    def forward(self, x: Tensor) -> Tensor:
        ...

@_differentiable(AvgPool2d, 'forward')
def _avg_pool_backward(gradient, output, pool, x):
    """Gradients of the pool itself (None) and of x."""
    ...

class Flatten(Layer):
    """(N, ...) becomes (N, the number of elements of each sample), as `torch.nn.Flatten()`."""

    def forward(self, x: Tensor) -> Tensor:
        ...
