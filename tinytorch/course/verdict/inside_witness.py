"""The witness, which runs in the student's process and turns values into plain data for the grader's.

It is loaded anew for each part of a test, so it imports nothing of tinytorch and shares no names with the notebook. It
decides nothing. It never sees an assert, and so it never sees an expected value.
"""

from __future__ import annotations

import base64
import collections
import json
from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any

import numpy as np

MOST_ITEMS = 1_000_000
MOST_BYTES = 50_000_000
# By the name that `decode_values` knows them by
COLLECTIONS: dict[str, Any] = {
    "tuple": tuple,
    "list": list,
    "deque": collections.deque,
    "set": set,
    "frozenset": frozenset,
    "keys": type({}.keys()),
    "values": type({}.values()),
    "items": type({}.items()),
}


class Witness:
    """What is called instead of each assert, with the values that the assert names."""

    def __init__(self, space: dict[str, Any], helpers: Sequence[CodeType]) -> None:
        self.space, self.helpers = space, helpers
        self.begin()

    def begin(self) -> None:
        """Begin a part of a test, with the given functions that it calls defined anew."""
        self.seen: list[Any] = []
        for helper in self.helpers:
            exec(helper, self.space)

    def __call__(self, number: int, *looks: Callable[[], Any]) -> None:
        """Note the values that assert `number` asks for."""
        self.seen.append([number, [observe(look, self.space.get("Tensor")) for look in looks]])

    def send(self, mimetype: str) -> None:
        """Send all that was noted to the grader's process."""
        self.space["get_ipython"]().display_pub.publish({mimetype: json.dumps(self.seen)})


def encode(value: Any, tensor_class: Any = None) -> list[Any]:
    """Return `value` as lists, strings and numbers, by its real type: what only acts like a number is opaque."""
    kind = type(value)
    if value is None or kind is bool:
        return ["constant", value]
    if isinstance(value, int):
        return ["int", str(int.__index__(value))]
    if isinstance(value, np.generic) and not isinstance(value, (str, bytes)):
        value = np.asarray(value)
        return (
            ["scalar", value.dtype.str, base64.b64encode(value.tobytes()).decode()] if _plain(value) else _opaque(value)
        )
    if isinstance(value, float):
        return ["float", float.hex(value)]
    if isinstance(value, str):
        return ["str", str.__str__(value)]
    if isinstance(value, (bytes, bytearray)):
        return ["bytes", base64.b64encode(bytes(value)).decode()]
    if isinstance(value, complex):
        return ["complex", float.hex(value.real), float.hex(value.imag)]
    for name, base in COLLECTIONS.items():
        if isinstance(value, base):
            items = list(base.__iter__(value))
            if name == "list" and len(items) > 1 and (packed := _numbers(items)):
                return packed
            return [name, [encode(item, tensor_class) for item in items]] if len(items) < MOST_ITEMS else _opaque(value)
    if isinstance(value, dict):
        return ["dict", [[encode(key, tensor_class), encode(item, tensor_class)] for key, item in dict.items(value)]]
    if isinstance(value, slice):
        return ["slice", [encode(part) for part in (value.start, value.stop, value.step)]]
    if isinstance(value, range):
        return ["range", [value.start, value.stop, value.step]]
    if isinstance(value, np.ndarray):
        return _array(value)
    if kind is type and value.__module__ in ("builtins", "numpy"):
        return ["type", value.__module__, value.__name__]
    if isinstance(value, np.dtype):
        return ["dtype", value.str]
    if isinstance(value, BaseException):
        names = [base.__name__ for base in kind.__mro__ if base.__module__ == "builtins"]
        return ["exception", names, _text(value, str), _text(value, repr)]
    if isinstance(tensor_class, type) and isinstance(value, tensor_class):
        data = getattr(value, "data", None)
        return ["tensor", _array(data), _text(value, repr)] if isinstance(data, np.ndarray) else _opaque(value)
    return _from_library(value) or _opaque(value)


def _from_library(value: Any) -> list[Any]:
    """Return a number, time or path of Python's library encoded; [] for anything else.

    Their classes are known by name: whether one is imported is up to the notebook.
    """
    base: Any
    for base in type(value).__mro__:
        name = f"{base.__module__}.{base.__name__}"
        if name == "fractions.Fraction":
            return ["fraction", *(str(int.__index__(part)) for part in (value.numerator, value.denominator))]
        if name == "decimal.Decimal":
            return ["decimal", _text(value, base.__str__)]
        if name in ("datetime.datetime", "datetime.date", "datetime.time"):
            return [base.__name__, _text(value, base.isoformat)]
        if name == "datetime.timedelta":
            return ["timedelta", *(int.__index__(part) for part in (value.days, value.seconds, value.microseconds))]
        if name == "pathlib.PurePath":
            return ["path", _text(value, base.__str__)]
    return []


def observe(look: Callable[[], Any], tensor_class: Any = None) -> list[Any]:
    """Return the encoded value of `look()`, or the error that it raises."""
    try:
        value = look()
    except Exception as error:
        return ["raised", encode(error)]
    return encode(value, tensor_class)


def _numbers(items: list[Any]) -> list[Any]:
    """Return a list, or lists in a list, of integers or of floats encoded in one piece; [] for anything else."""
    shape, numbers = [len(items)], items
    while type(numbers[0]) is list and numbers[0]:
        shape.append(len(numbers[0]))
        if any(type(row) is not list or len(row) != shape[-1] for row in numbers):
            return []
        numbers = [number for row in numbers for number in row]
    kinds = set(map(type, numbers))
    if kinds != {int} and kinds != {float}:
        return []
    try:
        packed = np.array(numbers, dtype="<i8" if kinds == {int} else "<f8").tobytes()
    except OverflowError:
        return []
    return ["numbers", "int" if kinds == {int} else "float", shape, base64.b64encode(packed).decode()]


def _array(value: Any) -> list[Any]:
    value = np.asarray(value)
    if value.dtype.kind == "O" and value.size < MOST_ITEMS:
        return ["objects", list(value.shape), [encode(item) for item in value.ravel().tolist()]]
    if not _plain(value):
        return _opaque(value)
    return ["array", value.dtype.str, list(value.shape), base64.b64encode(value.tobytes()).decode()]


def _plain(array: Any) -> bool:
    return bool(array.dtype.kind in "biufcUSMm" and array.dtype.itemsize and array.nbytes <= MOST_BYTES)


def _opaque(value: Any) -> list[Any]:
    return ["opaque", type(value).__name__, _text(value, repr)]


def _text(value: Any, function: Callable[[Any], str]) -> str:
    try:
        return str.__str__(function(value))[:2000]
    except Exception:
        return f"<{type(value).__name__}>"
