"""Places in a student's cells, in words: the line that a message leads to, and what may be wrong there."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

MOST_CHARACTERS = 120  # of a line of code in a message
DEFINED = re.compile(r"\s*(?:async )?(class|def) (\w+)")
DEF_OF = r"\s*(?:async )?def {0}\b"
CALLED = {"__len__": r"\blen\(", "__iter__": r"\b(iter|next)\("}  # how else a message names a method
IN_PLACE = ("shuffle", "sort", "reverse", "append", "extend", "insert", "update", "add", "clear")
WRAPPERS = ("tuple", "list", "Tensor")
EMPTY = ("[]", "{}", "()", "set()", "list()", "dict()", "deque()")
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


def assigned_in(source: str, said: str) -> int | None:
    """Return the only line of a cell without functions that assigns to a name which is a word of a message."""
    words = set(re.findall(r"\w+", said))
    found = [
        node.lineno
        for node in _parsed(source).body
        if isinstance(node, ast.Assign) and any(ast.unparse(target) in words for target in node.targets)
    ]
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

    It is the only such condition that reads a name which is a word of a message; None if there is none, or several, or
    if the line is in what it guards.
    """
    words = set(re.findall(r"\w+", said))
    found = []
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.FunctionDef) and node.lineno <= number <= (node.end_lineno or 0):
            for each in ast.walk(node):
                if isinstance(each, ast.If) and any(_raises(statement, error) for statement in each.body):
                    read = {name.id for name in ast.walk(each.test) if isinstance(name, ast.Name)}
                    is_inside = each.body[0].lineno <= number <= _last_line(each.body[-1])
                    found += [each.lineno] if read & words and not is_inside else []
    return found[0] if len(set(found)) == 1 else None


def origin_of(source: str, number: int, ran: Iterable[int]) -> int:
    """Return the line that made what a line returns or assigns: that line, or where the name that it reads was bound.

    `ran` are the lines that the function ran. A name is followed to the last of them, before the `return`, that assigns
    to it or to an entry of it, or calls `append` or the like; through `tuple(name)` or `Tensor(name)`, too.
    """
    function, line = _function_around(source, number), number
    lines = set(ran)
    statement = _statement_at(function, line)
    if not isinstance(statement, (ast.Return, ast.Assign)):
        return line if statement is None else statement.lineno
    name, line = _only_name(statement.value), statement.lineno
    while name:
        found = [
            each
            for each in _statements(function)
            if each.lineno < line and not lines.isdisjoint(range(each.lineno, _last_line(each) + 1))
            if name in _changed(each)
        ]
        if not found:
            break
        last = max(found, key=lambda each: each.lineno)
        if isinstance(last, ast.Assign) and ast.unparse(last.value) in EMPTY:  # filled in a way that is not seen here
            break
        line = last.lineno
        name = _only_name(last.value) if isinstance(last, ast.Assign) else ""
    return line


def attribute_line(source: str, ran: Iterable[int], said: str) -> int | None:
    """Return the only one of the lines that ran which assigns to an attribute whose name is a word of a message.

    A longer name counts before a shorter one that is a word of the message, too: `weight` before `p`.
    """
    words, lines = set(re.findall(r"\w+", said)), set(ran)
    found: dict[str, set[int]] = {}
    for node in ast.walk(_parsed(source)):
        if not (isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)):
            continue
        if node.lineno in lines and node.attr in words:
            found.setdefault(node.attr, set()).add(node.lineno)
    places = found[max(found, key=len)] if found else set()
    return next(iter(places)) if len(places) == 1 else None


def end_of(source: str, number: int, ran: Iterable[int]) -> int:
    """Return the line in which a function ended, where Python says that it did in the line `number`.

    Python names a line of a `finally`, or the `with` that it leaves. It is the `return` among the lines `ran` by the
    function, or else the last of them that is in that `with`.
    """
    function, lines = _function_around(source, number), {number, *ran}
    statement = _statement_at(function, number)
    if isinstance(statement, ast.Return) or yield_at(source, number):
        return number
    begins = [each.lineno for each in _statements(function)]
    returns = [
        each.lineno
        for each in _statements(function)
        if isinstance(each, ast.Return) and each.lineno in lines and begins.count(each.lineno) == 1
    ]
    if returns or not isinstance(statement, ast.With):
        return max(returns, default=number)
    return max(line for line in lines if statement.lineno <= line <= _last_line(statement))


def changed_in_place(source: str, number: int, ran: Iterable[int]) -> int | None:
    """Return the only line that ran, of the function around a line, which changes a value in place; or None."""
    lines = set(ran)
    found = [
        each.lineno
        for each in _statements(_function_around(source, number))
        if each.lineno in lines
        and (
            isinstance(each, ast.AugAssign)
            or (isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Subscript))
        )
    ]
    return found[0] if len(found) == 1 else None


def is_loop(source: str, number: int) -> bool:
    """Whether a loop begins in a line."""
    return isinstance(_statement_at(_function_around(source, number), number), (ast.For, ast.While))


def calls_in_return(source: str, number: int) -> bool:
    """Whether a line is one of a `return` that returns what a call gives."""
    statement = _statement_at(_function_around(source, number), number)
    return isinstance(statement, ast.Return) and isinstance(statement.value, ast.Call)


def told_call(source: str, number: int, said: str) -> int | None:
    """Return the only line of the function around a line with a call that a message writes out: "shutdown(wait=True)".

    It is None if there is no such line, or if there are several.
    """
    told = set(re.findall(r"(\w+)\(", said))
    function = _function_around(source, number)
    found = {
        node.lineno
        for node in (ast.walk(function) if function else ())
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in told
    }
    return next(iter(found)) if len(found) == 1 else None


def own_call(source: str, number: int) -> int | None:
    """Return the line in which a function calls itself, in the function around a line or one inside it."""
    around = _function_around(source, number)
    for function in ast.walk(around) if around else ():
        for node in ast.walk(function) if isinstance(function, ast.FunctionDef) else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == getattr(function, "name", ""):
                return node.lineno
    return None


def yield_at(source: str, number: int) -> bool:
    """Whether a line is one of a statement with `yield`, and not of one that has others in it."""
    statement = _statement_at(_function_around(source, number), number)
    if statement is None or hasattr(statement, "body"):
        return False
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in ast.walk(statement))


def code_below(source: str, number: int) -> bool:
    """Whether a statement `raise` in a line has others below it in its block, which therefore never run."""
    for node in ast.walk(_parsed(source)):
        for block in (getattr(node, field, None) for field in ("body", "orelse", "finalbody")):
            above = block[:-1] if isinstance(block, list) else []
            if any(isinstance(statement, ast.Raise) and statement.lineno == number for statement in above):
                return True
    return False


def function_at(source: str, number: int) -> str:
    """Return the name of the function around a line, if it is one of several at the top of a cell; or ""."""
    functions = [node for node in _parsed(source).body if isinstance(node, ast.FunctionDef)]
    around = [each.name for each in functions if each.lineno <= number <= _last_line(each)]
    return around[0] if around and len(functions) > 1 and not DEFINED.match(source.splitlines()[number - 1]) else ""


def plain_value(source: str, number: int, attribute: str) -> tuple[str, int | None]:
    """Return the name in a line whose attribute was asked for, and the line that put it where it came from.

    That is known of a name that runs through a list: of `array` in `[array.shape for array in arrays]`, it is the last
    line before that changes `arrays`. The name is "" if several, or none, are asked for the attribute.
    """
    function = _function_around(source, number)
    statement = _statement_at(function, number)
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
                for each in _statements(function)
                if each.lineno < number and _only_name(node.iter) in _changed(each)
            ]
            return name, max(before, default=None)
    return name, None


def uncalled(source: str, number: int) -> tuple[str, int] | None:
    """Return a name that a line reads, and where it was last bound to a function that was not called; or None."""
    function = _function_around(source, number)
    statement = _statement_at(function, number)
    if function is None or statement is None:
        return None
    head = statement.test if isinstance(statement, (ast.If, ast.While)) else statement
    for name in (node.id for node in ast.walk(head) if isinstance(node, ast.Name)):
        bound = [each for each in _statements(function) if each.lineno < number and name in _changed(each)]
        last = max(bound, key=lambda each: each.lineno, default=None)
        values = [last.value] if isinstance(last, ast.Assign) else []
        values = [
            part for each in values for part in ([each.body, each.orelse] if isinstance(each, ast.IfExp) else [each])
        ]
        if last and any(isinstance(value, ast.Attribute) for value in values):
            return name, last.lineno
    return None


def _function_around(source: str, number: int) -> ast.FunctionDef | None:
    """Return the innermost function around a line."""
    found = [
        node
        for node in ast.walk(_parsed(source))
        if isinstance(node, ast.FunctionDef) and node.lineno <= number <= _last_line(node)
    ]
    return max(found, key=lambda node: node.lineno, default=None)


def _statements(function: ast.AST | None) -> Iterator[ast.stmt]:
    """Yield the statements in a function, without itself."""
    for node in ast.walk(function) if function else ():
        if isinstance(node, ast.stmt) and node is not function:
            yield node


def _statement_at(function: ast.AST | None, number: int) -> ast.stmt | None:
    """Return the innermost statement of a function that a line is part of."""
    around = [each for each in _statements(function) if each.lineno <= number <= _last_line(each)]
    return max(around, key=lambda each: (each.lineno, -_last_line(each)), default=None)


def _last_line(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _only_name(value: ast.AST | None) -> str:
    """Return the name that an expression is, alone or in `tuple(...)`, `Tensor(...)` and the like; or ""."""
    if isinstance(value, ast.IfExp):
        one, other = _only_name(value.body), _only_name(value.orelse)
        return one if one == other else ""
    if isinstance(value, ast.Call) and value.args and ast.unparse(value.func) in WRAPPERS:
        return _only_name(value.args[0])
    return value.id if isinstance(value, ast.Name) else ""


def _changed(statement: ast.stmt) -> set[str]:
    """Return the names that a statement binds, or whose entries it sets or adds."""
    if isinstance(statement, (ast.Assign, ast.AugAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        parts = [part for each in targets for part in (each.elts if isinstance(each, ast.Tuple) else [each])]
        return {ast.unparse(part.value if isinstance(part, ast.Subscript) else part) for part in parts}
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in IN_PLACE:
        return {ast.unparse(call.func.value)}
    return set()


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
