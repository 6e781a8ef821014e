"""Turning the data that the student's process sent into plain values, none of which can run the student's code."""

from __future__ import annotations

import base64
import builtins
from typing import Any

import numpy as np
from numpy.typing import NDArray


class _Shown:
    """A value that can only be shown: whatever else it does would be decided by the student's code."""

    def __init__(self, type_name: str, shown: str) -> None:
        vars(self).update(type_name=type_name, shown=shown)

    def __repr__(self) -> str:
        return str(vars(self)["shown"])

    def __getattr__(self, name: str) -> Any:
        raise TypeError(f"a {vars(self)['type_name']} came where a plain value was expected")

    def _refuse(self, *_: object) -> Any:
        return self.__getattr__("")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __len__ = __iter__ = __getitem__ = _refuse
    __bool__ = __contains__ = __call__ = __add__ = __sub__ = __mul__ = __float__ = __int__ = __array__ = _refuse
    __hash__ = None  # type: ignore[assignment]


class Opaque(_Shown):
    """A value that is not plain data."""


class Tensor(_Shown):
    """A Tensor as the grader sees it: its array, and how the student's process shows it."""

    def __init__(self, data: NDArray[Any], shown: str) -> None:
        super().__init__("Tensor", shown)
        vars(self)["data"] = data


class Unreadable(Exception):
    """Data that `inside_witness` never sends."""


def decode(data: Any) -> Any:
    """Return the plain value that `inside_witness.encode` described, or raise `Unreadable`."""
    try:
        kind, *rest = data
        return _DECODERS[kind](*rest)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from None


def _exception(names: list[str], text: str, shown: str) -> BaseException:
    """Return an error of the nearest class that Python itself has, whatever class the student's code gave it."""
    found = (getattr(builtins, name, None) for name in names)
    base = next((item for item in found if isinstance(item, type) and issubclass(item, BaseException)), Exception)
    kind: Any = type(base.__name__, (base,), {"__str__": lambda self: text, "__repr__": lambda self: shown})
    error: BaseException = kind.__new__(kind)
    return error


def _array(dtype: str, shape: list[int], content: str) -> NDArray[Any]:
    return np.frombuffer(base64.b64decode(content), dtype=_dtype(dtype)).reshape(shape).copy()


def _numbers(kind: str, shape: list[int], content: str) -> list[Any]:
    packed = np.frombuffer(base64.b64decode(content), dtype={"int": "<i8", "float": "<f8"}[kind])
    numbers: list[Any] = packed.reshape(shape).tolist()
    return numbers


def _dtype(name: str) -> np.dtype[Any]:
    found = np.dtype(name)
    if found.kind not in "biuf":
        raise ValueError(f"dtype {name} is no number")
    return found


def _type(module: str, name: str) -> type:
    found = {"builtins": vars(builtins), "numpy": vars(np)}[module][name]
    if not isinstance(found, type):
        raise TypeError(f"{name} is no type")
    return found


_DECODERS: dict[str, Any] = {
    "constant": lambda value: value if value is None else bool(value),
    "int": int,
    "float": float.fromhex,
    "str": str,
    "bytes": base64.b64decode,
    "scalar": lambda dtype, content: np.frombuffer(base64.b64decode(content), dtype=_dtype(dtype))[0],
    "tuple": lambda items: tuple(decode(item) for item in items),
    "list": lambda items: [decode(item) for item in items],
    "numbers": _numbers,
    "set": lambda items: {decode(item) for item in items},
    "dict": lambda items: {decode(key): decode(item) for key, item in items},
    "range": lambda parts: range(*parts),
    "array": _array,
    "dtype": np.dtype,
    "exception": _exception,
    "tensor": lambda array, shown: Tensor(decode(array), shown),
    "type": _type,
    "opaque": Opaque,
}
