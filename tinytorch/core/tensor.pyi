"""One NumPy array, plus rules: what becomes float32, what stays, and who owns the memory."""
__all__ = ['Tensor']
import numpy as np

def _refuse_masked(data):
    """Raise `TypeError` if `data` is, or contains, a masked array: NumPy's own or another kind."""
    ...

def _refuse_beyond_int64(data):
    """Raise `OverflowError` if `data` is, or contains, a Python integer that int64 can't hold."""
    ...

class Tensor:
    """An array of numbers with any number of axes.

    `data` is a number, nested lists, a NumPy array or another Tensor. Floats become float32,
    integers and bools keep their dtype, and `dtype` overrides both. An array that needs no
    conversion is wrapped, not copied. Raises `TypeError` when `data` is masked, or not made of
    bools, integers or floats, and `OverflowError` for Python integers that int64 can't hold,
    unless a `dtype` is given.
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
        """What NumPy's functions call to read a Tensor; `dtype` and `copy` are those of `np.array`."""
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
        """self @ other: (..., n, k) @ (..., k, m) gives (..., n, m); `ValueError` if both k differ."""
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
        """What `index` names: a view for integers and slices, a copy for masks and lists of indices."""
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
        """The same elements in another shape, `(2, -1)` or `2, -1`; `ValueError` if it does not fit."""
        ...

    def transpose(self, dim0=-2, dim1=-1) -> Tensor:
        """Two axes swapped, the last two unless named: a view. `ValueError` if there is no such axis."""
        ...

    def view(self, *shape) -> Tensor:
        """The same as `reshape`."""
        ...

    def flatten(self, start_dim: int=0, end_dim: int=-1) -> Tensor:
        """The axes from `start_dim` to `end_dim` as one: `images.flatten(1)` gives a row for each image."""
        ...

    def unsqueeze(self, dim: int) -> Tensor:
        """With one axis more, of length 1, at `dim`."""
        ...

    def squeeze(self, dim=None) -> Tensor:
        """Without the axes of length 1; with `dim`, only without that one, if its length is 1."""
        ...

    def permute(self, *dims) -> Tensor:
        """The axes in another order, `t.permute(2, 0, 1)` or `t.permute((2, 0, 1))`: a view."""
        ...

    @property
    def T(self) -> Tensor:
        """The axes from last to first: a view."""
        ...

    @property
    def mT(self) -> Tensor:
        """The last two axes swapped: a view."""
        ...

    def contiguous(self) -> Tensor:
        """This Tensor if its elements lie in memory in order, else a copy of which they do."""
        ...

    def matmul(self, other) -> Tensor:
        """The same as `self @ other`."""
        ...

    def sqrt(self) -> Tensor:
        """The square root of each element."""
        ...

    def exp(self) -> Tensor:
        """e to the power of each element."""
        ...

    def log(self) -> Tensor:
        """The natural logarithm of each element."""
        ...

    def abs(self) -> Tensor:
        """Each element without its sign."""
        ...

    def clamp(self, min=None, max=None) -> Tensor:
        """Each element, but none below `min` and none above `max`."""
        ...

    def masked_fill(self, mask, value) -> Tensor:
        """A copy with `value` where `mask`, of bools, is True; the mask broadcasts."""
        ...

    def min(self, axis=None, keepdims=False) -> Tensor:
        """The smallest value along `axis`, or of all elements."""
        ...

    def argmax(self, axis=None, keepdims=False) -> Tensor:
        """The place of the largest value along `axis`, or among all elements; of equal ones the first."""
        ...

    def all(self, axis=None, keepdims=False) -> Tensor:
        """Whether all are true."""
        ...

    def any(self, axis=None, keepdims=False) -> Tensor:
        """Whether any is true."""
        ...

    def clone(self) -> Tensor:
        """A copy with memory of its own."""
        ...

    def detach(self) -> Tensor:
        """The same memory in a Tensor that wants no gradient."""
        ...

    def tolist(self):
        """Nested lists of Python numbers; a single number from a 0-d Tensor."""
        ...

    def numel(self) -> int:
        """The number of elements, as `size` says here."""
        ...

    def dim(self) -> int:
        """The number of axes, as `ndim`."""
        ...

def _compute(function, *operands, **options):
    """A NumPy function of the operands' arrays; float64 only where a Tensor or array among them is."""
    ...

def _axis(dim, ndim):
    """The number of an axis, counted from the front. Raises `IndexError` if there is none."""
    ...
