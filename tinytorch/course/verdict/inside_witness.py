"""The witness, which runs in the student's process and turns values into plain data for the grader's.

It is put there before any of the student's code runs, by `install`, and uses nothing that this code could replace: it
has its own copy of what is built into Python, modules as they were then, and its own copies of what measures. It
imports nothing of tinytorch but that, and shares no names with the notebook. It decides nothing. It never sees an
assert, and so it never sees an expected value.
"""

from __future__ import annotations

import atexit
import binascii
import builtins
import collections
import gc
import importlib.util
import marshal
import sys
from collections.abc import Callable, Sequence
from hashlib import blake2b
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy

SEAL_BYTES = 32
BUILT_IN = dict(vars(builtins))
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


class Frozen:
    """A module whose functions and classes stay what they are now, whatever is put in their place later."""

    def __init__(self, module: ModuleType, depth: int = 1) -> None:
        for name, value in list(vars(module).items()):
            if isinstance(value, ModuleType):
                if depth and value.__name__.startswith(f"{module.__name__}."):
                    self.__dict__[name] = Frozen(value, depth - 1)
            elif callable(value) and not name.startswith("__"):
                self.__dict__[name] = value
        self.__dict__["_module"] = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._module, name, value)


copies: dict[str, dict[str, Any]] = {}  # of modules


def own_copy(name: str) -> dict[str, Any]:
    """Return what a module defines, run again, with functions that nobody else can reach or change."""
    if name in copies:
        return copies[name]
    spec = importlib.util.find_spec(name)
    assert spec is not None
    loader: Any = spec.loader
    space: dict[str, Any] = {"__name__": name, "__package__": spec.parent, "__builtins__": BUILT_IN}
    copies[name] = space
    exec(loader.get_code(name), space)
    for key, value in list(space.items()):
        home = str(getattr(value, "__module__", ""))
        if isinstance(value, ModuleType):
            copied = value.__name__ == "weakref"  # its classes are written in Python
            space[key] = Shelf(own_copy("weakref")) if copied else Frozen(value)
        elif home.startswith("tinytorch.") and home != name:
            space[key] = own_copy(home)[value.__name__]
    return space


class Shelf:
    """Names as attributes."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.__dict__.update(names)


np: Any = Frozen(numpy)
to_json = own_copy("json.encoder")["JSONEncoder"]().encode


def base64(data: bytes) -> str:
    """Return bytes as base64."""
    return binascii.b2a_base64(data, newline=False).decode()


def install(
    space: dict[str, Any], key: bytes, name: str, imports: Sequence[tuple[str, str, str]], given: CodeType
) -> None:
    """Make a class called `name`; a call of it runs a test and sends what it sees.

    Args:
        space: the notebook's names.
        key: what requests and evidence are sealed with.
        imports: name, module and attribute of what the given cells import.
        given: the code of a function that returns the functions that the given cells define.
    """
    shell = space["get_ipython"]()
    witness = Witness(space, key, imports, given, shell.display_pub.publish)
    door = type(name, (complex,), {"__new__": lambda cls, *asked: witness.run(*asked)})  # where it is soon found
    atexit.register(id, door)  # keeps it, where the notebook has no name for it
    gc.freeze()  # so that a search of the garbage collector's objects does not meet it
    for defined in [*copies.values(), *(vars(sys.modules[each]) for each in copies if each in sys.modules)]:
        if "know_as_frozen" in defined:
            defined["know_as_frozen"]()
    shell.history_manager.reset()
    shell.execution_count = 0  # the notebook's first cell is number 1


class Witness:
    """What runs tests: it is called instead of each assert, with the values that the assert names."""

    def __init__(
        self,
        space: dict[str, Any],
        key: bytes,
        imports: Sequence[tuple[str, str, str]],
        given: CodeType,
        publish: Callable[[dict[str, str]], None],
    ) -> None:
        self.space, self.key, self.imports, self.given, self.publish = space, key, imports, given, publish
        self.taken: dict[str, Any] = {**BUILT_IN, **{name: value for name, value in _take(imports)}, "_look": self}
        self.seen: list[Any] = []

    def run(self, request: str, kinds: str, seal: str) -> None:
        """Run what the grader asks for, and send what each part of it sees, by its kind."""
        if self.seal(f"{kinds} {request}") != seal:
            raise RuntimeError("this is no test")
        for kind, code in zip(kinds.split(), marshal.loads(binascii.a2b_base64(request)), strict=True):
            self.begin()
            try:
                self.call(code)
            finally:
                evidence = to_json(self.seen)
                self.publish({kind: self.seal(kind + evidence) + evidence})

    def begin(self) -> None:
        """Begin a part of a test, with the given functions that it calls defined anew."""
        self.seen = []
        for name, module, attribute in self.imports:
            # A module that was loaded again makes objects of new classes, while the notebook has the old ones
            value, loaded = self.space.get(name), sys.modules.get(module)
            is_of_it = isinstance(value, type) and value.__module__ == module
            if is_of_it and module.startswith("tinytorch.core.") and getattr(loaded, attribute, value) is not value:
                setattr(loaded, attribute, value)
        for name, function in self.call(self.given).items():
            function.__qualname__ = name
            self.space[name] = self.taken[name] = function

    def call(self, code: CodeType) -> Any:
        """Call a function of the notebook's names, with what it takes as it was before the student's code ran."""
        names = code.co_varnames[: code.co_argcount]
        return FunctionType(code, self.space)(*[self.taken[name] for name in names])

    def __call__(self, number: int, *looks: Callable[[], Any]) -> None:
        """Note the values that assert `number` asks for."""
        self.seen.append([number, [observe(look, self.space.get("Tensor")) for look in looks]])

    def seal(self, text: str) -> str:
        """Return what only the two who know the key can write below a text."""
        return blake2b(text.encode("utf-8", "surrogatepass"), key=self.key, digest_size=SEAL_BYTES).hexdigest()


def _take(imports: Sequence[tuple[str, str, str]]) -> Any:
    """Return what the given cells import, by name: modules as they are now, and own copies of what measures."""
    for name, path, attribute in imports:
        if path.startswith("tinytorch.core"):
            continue
        try:
            value: Any = importlib.import_module(path)
            if attribute:
                # A submodule is an attribute only once it has been imported
                found = hasattr(value, attribute)
                value = getattr(value, attribute) if found else importlib.import_module(f"{path}.{attribute}")
                home = str(getattr(value, "__module__", ""))
                if home.startswith("tinytorch.profiling"):
                    value = own_copy(home)[value.__name__]
        except Exception:  # the given cell will say what is wrong
            value = None
        yield name, Frozen(value) if isinstance(value, ModuleType) else value


def encode(value: Any, tensor_class: Any = None) -> list[Any]:
    """Return `value` as lists, strings and numbers, by its real type: what only acts like a number is opaque."""
    kind = type(value)
    if value is None or kind is bool:
        return ["constant", value]
    if isinstance(value, int):
        return ["int", str(int.__index__(value))]
    if isinstance(value, np.generic) and not isinstance(value, (str, bytes)):
        value = np.asarray(value)
        return ["scalar", value.dtype.str, base64(value.tobytes())] if _plain(value) else _opaque(value)
    if isinstance(value, float):
        return ["float", float.hex(value)]
    if isinstance(value, str):
        return ["str", str.__str__(value)]
    if isinstance(value, (bytes, bytearray)):
        return ["bytes", base64(bytes(value))]
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
    return ["numbers", "int" if kinds == {int} else "float", shape, base64(packed)]


def _array(value: Any) -> list[Any]:
    value = np.asarray(value)
    if value.dtype.kind == "O" and value.size < MOST_ITEMS:
        return ["objects", list(value.shape), [encode(item) for item in value.ravel().tolist()]]
    if not _plain(value):
        return _opaque(value)
    return ["array", value.dtype.str, list(value.shape), base64(value.tobytes())]


def _plain(array: Any) -> bool:
    return bool(array.dtype.kind in "biufcUSMm" and array.dtype.itemsize and array.nbytes <= MOST_BYTES)


def _opaque(value: Any) -> list[Any]:
    return ["opaque", type(value).__name__, _text(value, repr)]


def _text(value: Any, function: Callable[[Any], str]) -> str:
    try:
        return str.__str__(function(value))[:2000]
    except Exception:
        return f"<{type(value).__name__}>"
