"""Turning the data that the student's process sent into plain values, none of which can run the student's code."""

from __future__ import annotations

import base64
import builtins
import math
from collections import deque
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

# A few numbers may stand for more items than memory holds. No honest test compares as many.
MOST_ITEMS_OF_RANGE = 1_000_000
MOST_ITEMS_OF_ARRAY = 100_000_000
NUMBERS, TEXTS_AND_TIMES = "biufc", "USMm"


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
    except (TypeError, ValueError, KeyError, AttributeError, ArithmeticError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from None


def _exception(names: list[str], text: str, shown: str) -> BaseException:
    """Return an error of the nearest classes that Python itself has, whatever class the student's code gave it."""
    found = [getattr(builtins, name, None) for name in names]
    known = [item for item in found if isinstance(item, type) and issubclass(item, BaseException)]
    nearest = [one for one in known if not any(other is not one and issubclass(other, one) for other in known)]
    bases = tuple(nearest) or (Exception,)
    kind: Any = type(bases[0].__name__, bases, {"__str__": lambda self: text, "__repr__": lambda self: shown})
    error: BaseException = kind.__new__(kind)
    return error


def _array(dtype: str, shape: list[int], content: str) -> NDArray[Any]:
    return np.frombuffer(base64.b64decode(content), dtype=_dtype(dtype)).reshape(_shape(shape)).copy()


def _objects(shape: list[int], items: list[Any]) -> NDArray[Any]:
    flat = np.empty(len(items), dtype=object)
    for index, item in enumerate(items):
        flat[index] = decode(item)
    return flat.reshape(_shape(shape))


def _shape(shape: list[int]) -> list[int]:
    """Return a shape; one with a zero in it may claim any length for its other axes."""
    if math.prod(max(side, 1) for side in shape) > MOST_ITEMS_OF_ARRAY:
        raise ValueError(f"an array of the shape {shape} is too large")
    return shape


def _range(parts: list[int]) -> Any:
    found = range(*parts)
    count = max(0, (found.stop - found.start + found.step - (1 if found.step > 0 else -1)) // found.step)
    return found if count <= MOST_ITEMS_OF_RANGE else Opaque("range of more than a million numbers", repr(found))


def _hashed(make: Callable[[Any], Any], name: str, items: Any) -> Any:
    """Return a set or a dict; one that holds what can only be shown can itself only be shown."""
    decoded = [decode(item) for item in items]
    try:
        return make(decoded)
    except TypeError:
        return Opaque(name, f"{name}({decoded})")


def _pairs(items: list[list[Any]]) -> list[list[Any]]:
    return [["tuple", pair] for pair in items]


def _numbers(kind: str, shape: list[int], content: str) -> list[Any]:
    packed = np.frombuffer(base64.b64decode(content), dtype={"int": "<i8", "float": "<f8"}[kind])
    numbers: list[Any] = packed.reshape(_shape(shape)).tolist()
    return numbers


def _dtype(name: str) -> np.dtype[Any]:
    found = np.dtype(name)
    if found.kind not in NUMBERS + TEXTS_AND_TIMES:
        raise ValueError(f"dtype {name} is no number, text or time")
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
    "deque": lambda items: deque(decode(item) for item in items),
    "set": lambda items: _hashed(set, "set", items),
    "frozenset": lambda items: _hashed(frozenset, "frozenset", items),
    "dict": lambda items: _hashed(dict, "dict", _pairs(items)),
    "keys": lambda items: _hashed(lambda keys: dict.fromkeys(keys).keys(), "keys", items),
    "values": lambda items: dict(enumerate(decode(item) for item in items)).values(),
    "items": lambda items: _hashed(lambda pairs: dict(pairs).items(), "items", items),
    "range": _range,
    "slice": lambda parts: slice(*(decode(part) for part in parts)),
    "complex": lambda real, imaginary: complex(float.fromhex(real), float.fromhex(imaginary)),
    "fraction": lambda numerator, denominator: Fraction(int(numerator), int(denominator)),
    "decimal": Decimal,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": timedelta,
    "path": PurePath,
    "array": _array,
    "objects": _objects,
    "dtype": np.dtype,
    "exception": _exception,
    "tensor": lambda array, shown: Tensor(decode(array), shown),
    "type": _type,
    "opaque": Opaque,
}
