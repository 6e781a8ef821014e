"""Places in a student's cells: the line that a message leads to."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from tinytorch.course.student.read_code import (
    changed_by,
    function_around,
    last_line,
    only_name,
    parsed,
    statement_at,
    statements_of,
)

MOST_CHARACTERS = 90  # of a line of code in a message
DEFINED = re.compile(r"\s*(?:async )?(class|def) (\w+)")
DEF_OF = r"\s*(?:async )?def {0}\b"
CALLED = {"__len__": r"\blen\(", "__iter__": r"\b(iter|next)\("}  # how else a message names a method
NEW_ARRAYS = (
    "pad",
    "flip",
    "roll",
    "stack",
    "concatenate",
    "reshape",
    "transpose",
    "astype",
    "copy",
    "clip",
    "squeeze",
)
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
        for node in parsed(source).body
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
        for node in ast.walk(parsed(source))
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
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.FunctionDef) and node.lineno <= number <= (node.end_lineno or 0):
            for each in ast.walk(node):
                if isinstance(each, ast.If) and any(_raises(statement, error) for statement in each.body):
                    read = {name.id for name in ast.walk(each.test) if isinstance(name, ast.Name)}
                    is_inside = each.body[0].lineno <= number <= last_line(each.body[-1])
                    found += [each.lineno] if read & words and not is_inside else []
    return found[0] if len(set(found)) == 1 else None


def origin_of(source: str, number: int, ran: Iterable[int]) -> int:
    """Return the line that made what a line returns or assigns: that line, or where the name that it reads was bound.

    `ran` are the lines that the function ran. A name is followed to the last of them, before the `return`, that assigns
    to it or to an entry of it, or calls `append` or the like; through `tuple(name)` or `Tensor(name)`, too.
    """
    function, line = function_around(source, number), number
    lines = set(ran)
    statement = statement_at(function, line)
    if not isinstance(statement, (ast.Return, ast.Assign)):
        return line if statement is None else statement.lineno
    name, line = only_name(statement.value), statement.lineno
    while name:
        found = [
            each
            for each in statements_of(function)
            if each.lineno < line and not lines.isdisjoint(range(each.lineno, last_line(each) + 1))
            if name in changed_by(each)
        ]
        if not found:
            break
        last = max(found, key=lambda each: each.lineno)
        if isinstance(last, ast.Assign) and ast.unparse(last.value) in EMPTY:  # filled in a way that is not seen here
            break
        line = last.lineno
        name = only_name(last.value) if isinstance(last, ast.Assign) else ""
    return line


def attribute_line(source: str, ran: Iterable[int], said: str) -> int | None:
    """Return the only one of the lines that ran which assigns to an attribute whose name is a word of a message.

    A longer name counts before a shorter one that is a word of the message, too: `weight` before `p`.
    """
    words, lines = set(re.findall(r"\w+", said)), set(ran)
    found: dict[str, set[int]] = {}
    for node in ast.walk(parsed(source)):
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
    function, lines = function_around(source, number), {number, *ran}
    statement = statement_at(function, number)
    if isinstance(statement, ast.Return) or yield_at(source, number):
        return number
    begins = [each.lineno for each in statements_of(function)]
    returns = [
        each.lineno
        for each in statements_of(function)
        if isinstance(each, ast.Return) and each.lineno in lines and begins.count(each.lineno) == 1
    ]
    if returns or not isinstance(statement, ast.With):
        return max(returns, default=number)
    return max(line for line in lines if statement.lineno <= line <= last_line(statement))


def changed_in_place(source: str, number: int, ran: Iterable[int]) -> int | None:
    """Return the only line that ran, of the function around a line, which changes a value in place; or None."""
    lines = set(ran)
    found = [
        each.lineno
        for each in statements_of(function_around(source, number))
        if each.lineno in lines
        and (
            isinstance(each, ast.AugAssign)
            or (isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Subscript))
        )
    ]
    return found[0] if len(found) == 1 else None


def is_loop(source: str, number: int) -> bool:
    """Whether a loop begins in a line."""
    return isinstance(statement_at(function_around(source, number), number), (ast.For, ast.While))


def calls_in_return(source: str, number: int) -> bool:
    """Whether a line is one of a `return` that returns what a call gives."""
    statement = statement_at(function_around(source, number), number)
    return isinstance(statement, ast.Return) and isinstance(statement.value, ast.Call)


def told_call(source: str, number: int, said: str) -> int | None:
    """Return the only line of the function around a line with a call that a message writes out: "shutdown(wait=True)".

    It is None if there is no such line, or if there are several.
    """
    told = set(re.findall(r"(\w+)\(", said))
    function = function_around(source, number)
    found = {
        node.lineno
        for node in (ast.walk(function) if function else ())
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in told
    }
    return next(iter(found)) if len(found) == 1 else None


def quoted_call(source: str, said: str) -> int | None:
    """Return the only line of a cell with a call that a message quotes: "`.result()`", "`isinstance(...)`"; or None."""
    quoted = dict(re.findall(r"`\.?(\w+)\(([^`]*)\)`", said))
    found = {
        node.lineno
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.Call) and (name := ast.unparse(node.func).split(".")[-1]) in quoted
        if name != "isinstance" or ast.unparse(node.args[-1]) == quoted[name].split(", ")[-1]
    }
    return next(iter(found)) if len(found) == 1 else None


def quoted_entry(source: str, number: int, said: str) -> int | None:
    """Return the only line of the function around a line that sets an entry of what a message quotes; or None."""
    quoted = set(re.findall(r"`(\w+)`", said))
    found = [
        each.lineno
        for each in statements_of(function_around(source, number))
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Subscript)
        if ast.unparse(each.targets[0].value) in quoted
    ]
    return found[0] if len(found) == 1 else None


def guard_of(source: str, number: int) -> int | None:
    """Return the line of the `if` whose block a `raise` in this line is in; or None."""
    guards = [
        node.lineno
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.If)
        for statement in node.body
        if isinstance(statement, ast.Raise) and statement.lineno == number
    ]
    return guards[0] if guards else None


def not_kept(source: str, number: int) -> tuple[str, int] | None:
    """Return what makes a new array that is not kept, in the function around a line, and its line; or None."""
    for each in statements_of(function_around(source, number)):
        call = each.value if isinstance(each, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in NEW_ARRAYS:
            return ast.unparse(call.func), each.lineno
    return None


def only_return(source: str, number: int) -> int | None:
    """Return the line of the `return` that is all there is in the function which begins in a line; or None."""
    function = function_around(source, number)
    body = [each for each in function.body if not _is_docstring(each)] if function else []
    return body[0].lineno if len(body) == 1 and isinstance(body[0], ast.Return) else None


def own_call(source: str, number: int) -> int | None:
    """Return the line in which a function calls itself, in the function around a line or one inside it."""
    around = function_around(source, number)
    for function in ast.walk(around) if around else ():
        for node in ast.walk(function) if isinstance(function, ast.FunctionDef) else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == getattr(function, "name", ""):
                return node.lineno
    return None


def yield_at(source: str, number: int) -> bool:
    """Whether a line is one of a statement with `yield`, and not of one that has others in it."""
    statement = statement_at(function_around(source, number), number)
    if statement is None or hasattr(statement, "body"):
        return False
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in ast.walk(statement))


def code_below(source: str, number: int) -> bool:
    """Whether a statement `raise` in a line has others below it in its block, which therefore never run."""
    for node in ast.walk(parsed(source)):
        for block in (getattr(node, field, None) for field in ("body", "orelse", "finalbody")):
            above = block[:-1] if isinstance(block, list) else []
            if any(isinstance(statement, ast.Raise) and statement.lineno == number for statement in above):
                return True
    return False


def function_at(source: str, number: int) -> str:
    """Return the name of the function around a line, if it is one of several at the top of a cell; or ""."""
    functions = [node for node in parsed(source).body if isinstance(node, ast.FunctionDef)]
    around = [each.name for each in functions if each.lineno <= number <= last_line(each)]
    return around[0] if around and len(functions) > 1 and not DEFINED.match(source.splitlines()[number - 1]) else ""


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _raises(statement: ast.stmt, error: str) -> bool:
    """Whether a statement raises an error of this name."""
    raised = statement.exc if isinstance(statement, ast.Raise) else None
    return isinstance(raised, ast.Call) and isinstance(raised.func, ast.Name) and raised.func.id == error
