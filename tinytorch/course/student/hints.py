"""What may be wrong in a line of a student's cell, as a question or in a sentence."""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np

from tinytorch.course.student.read_code import (
    IN_PLACE,
    changed_by,
    function_around,
    only_name,
    parsed,
    statement_at,
    statements_of,
)

OF_ANOTHER_TYPE = re.compile(r"AttributeError: '(int|float|bool|list|tuple)' object has no attribute '(\w+)'")
OF_TENSORS = ("data", "grad", "requires_grad", "grad_fn")
MISSING_NAME = re.compile(r"NameError: name '(\w+)' is not defined")
UNCALLED = re.compile(r"\b(builtin_function_or_method|'function'|'method')")


def hint_at_error(source: str, number: int, error: str, written: Sequence[str]) -> str:
    """Return what may be wrong in a line that raised an error, in one line; or "". `written` are all cells written."""
    return (
        _is_none(source, number, error)
        or _is_of_another_type(source, number, error)
        or _is_not_imported(error)
        or _is_not_called(source, number, error)
        or _is_self_forgotten(source, number, written)
    )


def hint_in_function(source: str, number: int, written: Sequence[str]) -> str:
    """Return what may be wrong in the function around a line, which raised no error; or ""."""
    return _is_self_forgotten(source, number, written) or return_in_loop(source, number)


def _is_none(source: str, number: int, error: str) -> str:
    return none_of(source, number) if "'NoneType'" in error else ""


def _is_of_another_type(source: str, number: int, error: str) -> str:
    found = OF_ANOTHER_TYPE.match(error)
    if not found:
        return ""
    kind, attribute = found.groups()
    name, since = plain_value(source, number, attribute)
    about = f"`{name}` is {'an' if kind == 'int' else 'a'} {kind} here"
    if name and attribute in OF_TENSORS:
        return f"{about}, not a Tensor."
    if name and hasattr(np.ndarray, attribute):
        return f"{about}: make every value an array first, with np.asarray{f' (line {since})' * bool(since)}."
    return ""


def _is_not_imported(error: str) -> str:
    missing = MISSING_NAME.match(error)
    return f"Is `import {missing[1]}` missing?" if missing and missing[1] in sys.stdlib_module_names else ""


def _is_not_called(source: str, number: int, error: str) -> str:
    function = uncalled(source, number) if UNCALLED.search(error) else None
    if not function:
        return ""
    return f"`{function[0]}` is a function, not what it gives: is `()` missing in line {function[1]}?"


def _is_self_forgotten(source: str, number: int, written: Sequence[str]) -> str:
    """Return the question whether `self.` is missing in the method around a line, if a name there suggests that."""
    name, line = forgotten_self(source, number, written)
    return f"Is `self.{name}` meant by `{name}` in line {line}?" if name else ""


def none_of(source: str, number: int) -> str:
    """Return a sentence on what is None in a line, and since when; "" if that is not seen.

    What gives None is a method that changes something in place: `order = random.shuffle(indices)`.
    """
    lines = source.splitlines()
    names = re.findall(r"\b[a-zA-Z_]\w*\b", lines[number - 1]) if 0 < number <= len(lines) else []
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and node.lineno < number:
            given = ast.unparse(node.value.func)
            for name in (ast.unparse(target) for target in node.targets):
                if name in names and given.split(".")[-1] in IN_PLACE:
                    return f"`{given}` returns None, so `{name}` is None since line {node.lineno}."
    return ""


def plain_value(source: str, number: int, attribute: str) -> tuple[str, int | None]:
    """Return the name in a line whose attribute was asked for, and the line that put it where it came from.

    That is known of a name that runs through a list: of `array` in `[array.shape for array in arrays]`, it is the last
    line before that changes `arrays`. The name is "" if several, or none, are asked for the attribute.
    """
    function = function_around(source, number)
    statement = statement_at(function, number)
    names = {
        ast.unparse(node.value)
        for node in (ast.walk(statement) if statement else ())
        if isinstance(node, ast.Attribute) and node.attr == attribute and node.lineno == number
    } - {"self"}
    name = names.pop() if len(names) == 1 else ""
    for node in ast.walk(function) if function and name else ():
        if isinstance(node, (ast.comprehension, ast.For)) and ast.unparse(node.target) == name:
            before = [
                each.lineno
                for each in statements_of(function)
                if each.lineno < number and only_name(node.iter) in changed_by(each)
            ]
            return name, max(before, default=None)
    return name, None


def uncalled(source: str, number: int) -> tuple[str, int] | None:
    """Return a name that a line reads, and where it was last bound to a function that was not called; or None."""
    function = function_around(source, number)
    statement = statement_at(function, number)
    if function is None or statement is None:
        return None
    head = statement.test if isinstance(statement, (ast.If, ast.While)) else statement
    for name in (node.id for node in ast.walk(head) if isinstance(node, ast.Name)):
        bound = [each for each in statements_of(function) if each.lineno < number and name in changed_by(each)]
        last = max(bound, key=lambda each: each.lineno, default=None)
        values = [last.value] if isinstance(last, ast.Assign) else []
        values = [
            part for each in values for part in ([each.body, each.orelse] if isinstance(each, ast.IfExp) else [each])
        ]
        if last and any(isinstance(value, ast.Attribute) for value in values):
            return name, last.lineno
    return None


def forgotten_self(source: str, number: int, others: Iterable[str]) -> tuple[str, int]:
    """Return the name in a method that was probably meant as an attribute of `self`, and its line; ("", 0) if none was.

    The method is the one around a line. The student's cells do not define the name, and their class has an attribute of
    that name: so what the method reads is somebody else's, of a cell that was run earlier.
    """
    others = list(others)
    known = set(dir(builtins)).union(*map(_defined, others))
    for function, owner in _methods_around(source, number):
        of_its_class = re.compile(rf"^class {owner}\b|\(self: {owner}\b", re.MULTILINE)
        kept = {name for each in others if of_its_class.search(each) for name in re.findall(r"\bself\.(\w+)\b", each)}
        for name, line in _loaded(function):
            if name in kept - _bound(ast.walk(function)) - known:
                return name, line
    return "", 0


def return_in_loop(source: str, number: int) -> str:
    """Return a sentence on a `return` that ends a loop at its first turn, in the function around a line; or ""."""
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.FunctionDef) and node.lineno <= number <= (node.end_lineno or 0):
            for loop in ast.walk(node):
                if isinstance(loop, (ast.For, ast.While)) and isinstance(loop.body[-1], ast.Return):
                    return f"The `return` in line {loop.body[-1].lineno} ends the loop of line {loop.lineno} at once."
    return ""


def _methods_around(source: str, number: int) -> Iterator[tuple[ast.FunctionDef, str]]:
    """Yield the methods that a line is in, with the class of each."""
    for node in ast.walk(parsed(source)):
        body = node.body if isinstance(node, (ast.ClassDef, ast.Module)) else []
        for function in body:
            if not (isinstance(function, ast.FunctionDef) and function.args.args):
                continue
            first = function.args.args[0]
            owner = node.name if isinstance(node, ast.ClassDef) else ast.unparse(first.annotation or ast.Constant(""))
            if first.arg == "self" and owner.isidentifier() and function.lineno <= number <= (function.end_lineno or 0):
                yield function, owner


def _loaded(function: ast.FunctionDef) -> Iterator[tuple[str, int]]:
    """Yield the names that a function's body reads, with their lines."""
    for node in (inner for statement in function.body for inner in ast.walk(statement)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id, node.lineno


@lru_cache
def _defined(source: str) -> frozenset[str]:
    """Return the names that a cell defines."""
    return frozenset(_bound(parsed(source).body))


def _bound(nodes: Iterable[ast.AST]) -> set[str]:
    """Return what these nodes define: names that are assigned, arguments, functions, classes, imports."""
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Assign):
            names |= {each.id for target in node.targets for each in ast.walk(target) if isinstance(each, ast.Name)}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return names
