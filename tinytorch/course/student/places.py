"""Places in a student's cells, in words: the line that a message leads to, and what may be wrong there."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

MOST_CHARACTERS = 90  # of a line of code in a message
DEFINED = re.compile(r"\s*(?:async )?(class|def) (\w+)")
DEF_OF = r"\s*(?:async )?def {0}\b"
CALLED = {"__len__": r"\blen\(", "__iter__": r"\b(iter|next)\("}  # how else a message names a method
IN_PLACE = ("shuffle", "sort", "reverse", "append", "extend", "insert", "update", "add", "clear")
QUALIFIED = re.compile(r"\b([A-Z]\w*)\.(\w+)")


def line_of(source: str, number: int, cell: str = "") -> str:
    """Return a line in words: "line 3 of your cell `class Pair`: `return self.both`"."""
    lines = source.splitlines()
    code = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    if len(code) > MOST_CHARACTERS:
        code = code[: MOST_CHARACTERS - 2] + " …"
    return f"line {number}" + f" of {cell}" * bool(cell) + f": `{code}`" * bool(code)


def definition_line(source: str, name: str, first: int = 1) -> int:
    """Return the number of the line that defines a function, at or after the line `first`; `first` if there is none."""
    for number, line in enumerate(source.splitlines(), 1):
        if number >= first and re.match(DEF_OF.format(re.escape(name)), line):
            return number
    return first


def only_function(source: str) -> int | None:
    """Return the line in which the only function of a cell begins; None if it has several, or none."""
    found = [number for number, line in enumerate(source.splitlines(), 1) if re.match(DEF_OF.format(r"\w+"), line)]
    return found[0] if len(found) == 1 else None


def named_line(said: str, sources: Iterable[str], *, surely: bool) -> tuple[int, int] | None:
    """Return which source defines what a message names, and in which line; a method comes before a class.

    `surely` leaves out names that may be plain words: it takes `__len__` and `Pair.total`, and not `total`.
    """
    sources = list(sources)
    owners = {method: owner for owner, method in QUALIFIED.findall(said)}
    for wanted in ("def", "class"):
        for index, source in enumerate(sources):
            owner = ""
            for number, line in enumerate(source.splitlines(), 1):
                found = DEFINED.match(line)
                if not found:
                    continue
                if found[1] == "class":
                    owner = found[2]
                if patched := re.search(r"\(self: (\w+)", line):
                    owner = patched[1]
                kind, name = found.groups()
                if kind != wanted or not _names(said, name) or owners.get(name, owner) != owner:
                    continue
                if not surely or name.startswith("__") or name in owners:
                    return index, number
    return None


def _names(said: str, name: str) -> bool:
    """Whether a message names a function or class: `__len__` also as `len(`, `__iter__` as `iter(` or `next(`."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)|{CALLED.get(name, '$^')}", said) is not None


def loop_around(source: str, number: int) -> int | None:
    """Return the line in which the loop begins that a line is in: the nearest `while`, or else the nearest `for`."""
    loops = [
        node
        for node in ast.walk(_parsed(source))
        if isinstance(node, (ast.While, ast.For)) and node.lineno <= number <= (node.end_lineno or 0)
    ]
    whiles = [loop.lineno for loop in loops if isinstance(loop, ast.While)]
    return max(whiles or [loop.lineno for loop in loops], default=None)


def condition_of(source: str, number: int, error: str, said: str) -> int | None:
    """Return the line of the condition under which the function around a line raises an error of this name.

    It is the only such condition that reads a name which is a word of a message; None if there is none, or several.
    """
    words = set(re.findall(r"\w+", said))
    found = []
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.FunctionDef) and node.lineno <= number <= (node.end_lineno or 0):
            for each in ast.walk(node):
                if isinstance(each, ast.If) and any(_raises(statement, error) for statement in each.body):
                    read = {name.id for name in ast.walk(each.test) if isinstance(name, ast.Name)}
                    found += [each.lineno] if read & words else []
    return found[0] if len(set(found)) == 1 else None


def return_in_loop(source: str, number: int) -> str:
    """Return a sentence on a `return` that ends a loop at its first turn, in the function around a line; or ""."""
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.FunctionDef) and node.lineno <= number <= (node.end_lineno or 0):
            for loop in ast.walk(node):
                if isinstance(loop, (ast.For, ast.While)) and isinstance(loop.body[-1], ast.Return):
                    return f"The `return` in line {loop.body[-1].lineno} ends the loop of line {loop.lineno} at once."
    return ""


def _raises(statement: ast.stmt, error: str) -> bool:
    """Whether a statement raises an error of this name."""
    raised = statement.exc if isinstance(statement, ast.Raise) else None
    return isinstance(raised, ast.Call) and isinstance(raised.func, ast.Name) and raised.func.id == error


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


def none_of(source: str, number: int) -> str:
    """Return a sentence on what is None in a line, and since when; "" if that is not seen.

    What gives None is a method that changes something in place: `order = random.shuffle(indices)`.
    """
    lines = source.splitlines()
    names = re.findall(r"\b[a-zA-Z_]\w*\b", lines[number - 1]) if 0 < number <= len(lines) else []
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and node.lineno < number:
            given = ast.unparse(node.value.func)
            for name in (ast.unparse(target) for target in node.targets):
                if name in names and given.split(".")[-1] in IN_PLACE:
                    return f"`{given}` returns None, so `{name}` is None since line {node.lineno}."
    return ""


def _methods_around(source: str, number: int) -> Iterator[tuple[ast.FunctionDef, str]]:
    """Yield the methods that a line is in, with the class of each."""
    for node in ast.walk(_parsed(source)):
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
    return frozenset(_bound(_parsed(source).body))


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


@lru_cache  # a check looks at the same few cells for each test that fails
def _parsed(source: str) -> ast.Module:
    """Return a cell's source as a tree, empty where it is no Python."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return ast.Module([], [])
