"""One NumPy array, plus rules: what becomes float32, what stays, and who owns the memory."""
__all__ = ['Tensor']
import numpy as np

class Tensor:
    """An array of numbers with any number of axes.

    `data` is a number, nested lists, a NumPy array or another Tensor. Floats become float32, integers and bools keep
    their dtype, and `dtype` overrides both. An array that needs no conversion is wrapped, not copied.
    Raises `TypeError` when `data` is not made of bools, integers or floats.
    """
    data: np.ndarray
    requires_grad: bool
    grad: 'Tensor | None'
    __array_priority__ = 1000

    def __init__(self, data, requires_grad: bool=False, dtype=None):
        ...

    @property
    def shape(self) -> tuple:
        """The length along each axis, as a tuple."""
        ...

    @property
    def ndim(self) -> int:
        """The number of axes."""
        ...

    @property
    def size(self) -> int:
        """The number of elements (an attribute, unlike PyTorch's method)."""
        ...

    @property
    def dtype(self) -> np.dtype:
        """The NumPy dtype of the elements."""
        ...

    def __len__(self) -> int:
        """The length of the first axis. Raises `TypeError` for a 0-d Tensor."""
        ...

    def __repr__(self) -> str:
        """Such as `Tensor([1., 2.], dtype=float32)`."""
        ...

    def numpy(self) -> np.ndarray:
        """The array inside, not a copy: what changes one changes the other."""
        ...

    def item(self):
        """The only element as a Python number. Raises `ValueError` unless there is exactly one."""
        ...

    def __float__(self) -> float:
        """The only element as a float."""
        ...

    def __int__(self) -> int:
        """The only element as an int."""
        ...

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        """What NumPy's functions call to read a Tensor. `dtype` and `copy` mean what they mean to `np.array`."""
        ...

    def __add__(self, other) -> Tensor:
        """self + other, broadcast."""
        ...

    def __radd__(self, other) -> Tensor:
        """other + self, where `other` is not a Tensor."""
        ...

    def __sub__(self, other) -> Tensor:
        """self - other, broadcast."""
        ...

    def __rsub__(self, other) -> Tensor:
        """other - self, where `other` is not a Tensor."""
        ...

    def __neg__(self) -> Tensor:
        """-self"""
        ...

    def __mul__(self, other) -> Tensor:
        """self * other, element by element, broadcast."""
        ...

    def __rmul__(self, other) -> Tensor:
        """other * self, where `other` is not a Tensor."""
        ...

    def __truediv__(self, other) -> Tensor:
        """self / other, broadcast; integers divided give float32."""
        ...

    def __rtruediv__(self, other) -> Tensor:
        """other / self, where `other` is not a Tensor."""
        ...

    def __pow__(self, other) -> Tensor:
        """self ** other, broadcast."""
        ...

    def __rpow__(self, other) -> Tensor:
        """other ** self, where `other` is not a Tensor."""
        ...

    def __matmul__(self, other) -> Tensor:
        """self @ other: (..., n, k) @ (..., k, m) gives (..., n, m). Raises `ValueError` when the inner lengths differ."""
        ...

    def __rmatmul__(self, other) -> Tensor:
        """other @ self, where `other` is not a Tensor."""
        ...

    def __eq__(self, other):
        """self == other, element by element: a Tensor of bools."""
        ...

    def __ne__(self, other):
        """self != other, element by element: a Tensor of bools."""
        ...

    def __lt__(self, other) -> Tensor:
        """self < other, element by element: a Tensor of bools."""
        ...

    def __le__(self, other) -> Tensor:
        """self <= other, element by element: a Tensor of bools."""
        ...

    def __gt__(self, other) -> Tensor:
        """self > other, element by element: a Tensor of bools."""
        ...

    def __ge__(self, other) -> Tensor:
        """self >= other, element by element: a Tensor of bools."""
        ...

    def __hash__(self) -> int:
        """By identity: each Tensor is its own key, whatever it holds."""
        ...

    def __bool__(self) -> bool:
        """The truth of the only element. Raises `ValueError` when there are several."""
        ...

    def __getitem__(self, index) -> Tensor:
        """The part that `index` names, as a Tensor: a view for integers and slices, a copy for masks and lists of indices."""
        ...

    def __iter__(self):
        """Give `self[0]`, `self[1]`, … Raises `TypeError` for a 0-d Tensor."""
        ...

    def sum(self, axis=None, keepdims=False) -> Tensor:
        """The sum along `axis`, or of all elements; of bools and integers as int64."""
        ...

    def mean(self, axis=None, keepdims=False) -> Tensor:
        """The mean along `axis`, or of all elements; of bools and integers as float32."""
        ...

    def max(self, axis=None, keepdims=False) -> Tensor:
        """The largest value along `axis`, or of all elements: the values alone, unlike PyTorch."""
        ...

    def reshape(self, *shape) -> Tensor:
        """The same elements in another shape: `t.reshape(2, -1)` or `t.reshape((2, -1))`. Raises `ValueError` if they do not fit."""
        ...

    def transpose(self, dim0=-2, dim1=-1) -> Tensor:
        """Two axes swapped, the last two unless named: a view. Raises `ValueError` if there is no such axis."""
        ...

def _compute(function, *operands, **options):
    """Call a NumPy function on the operands' arrays; the result is float64 only where a Tensor or array among them is."""
    ...
