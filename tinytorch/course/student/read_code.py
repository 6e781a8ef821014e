"""A student's cell as Python's tree: the function around a line, its statements, and the names that they change."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

IN_PLACE = ("shuffle", "sort", "reverse", "append", "extend", "insert", "update", "add", "clear")
WRAPPERS = ("tuple", "list", "Tensor")


@lru_cache  # a check looks at the same few cells for each test that fails
def parsed(source: str) -> ast.Module:
    """Return a cell's source as a tree, empty where it is no Python."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def function_around(source: str, number: int) -> ast.FunctionDef | None:
    """Return the innermost function around a line."""
    found = [
        node
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.FunctionDef) and node.lineno <= number <= last_line(node)
    ]
    return max(found, key=lambda node: node.lineno, default=None)


def statements_of(function: ast.AST | None) -> Iterator[ast.stmt]:
    """Yield the statements in a function, without itself."""
    for node in ast.walk(function) if function else ():
        if isinstance(node, ast.stmt) and node is not function:
            yield node


def statement_at(function: ast.AST | None, number: int) -> ast.stmt | None:
    """Return the innermost statement of a function that a line is part of."""
    around = [each for each in statements_of(function) if each.lineno <= number <= last_line(each)]
    return max(around, key=lambda each: (each.lineno, -last_line(each)), default=None)


def last_line(node: ast.stmt) -> int:
    """Return the last line of a statement."""
    return node.end_lineno or node.lineno


def only_name(value: ast.AST | None) -> str:
    """Return the name that an expression is, alone or in `tuple(...)`, `Tensor(...)` and the like; or ""."""
    if isinstance(value, ast.IfExp):
        one, other = only_name(value.body), only_name(value.orelse)
        return one if one == other else ""
    if isinstance(value, ast.Call) and value.args and ast.unparse(value.func) in WRAPPERS:
        return only_name(value.args[0])
    return value.id if isinstance(value, ast.Name) else ""


def changed_by(statement: ast.stmt) -> set[str]:
    """Return the names that a statement binds, or whose entries it sets or adds."""
    if isinstance(statement, (ast.Assign, ast.AugAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        parts = [part for each in targets for part in (each.elts if isinstance(each, ast.Tuple) else [each])]
        return {ast.unparse(part.value if isinstance(part, ast.Subscript) else part) for part in parts}
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in IN_PLACE:
        return {ast.unparse(call.func.value)}
    return set()
