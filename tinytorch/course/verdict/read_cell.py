"""Reading a student's cell without running it: what it is as Python, what it binds, and what its names stand for."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

Node = TypeVar("Node", bound=ast.AST)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
# Calls that run code which is given to them as text. `%time x = 1` is such a call, once IPython has read it.
RUNS_TEXT = {"run_line_magic", "run_cell_magic", "run_cell", "exec", "eval"}
# Where Python ends a line. `str.splitlines`, and so IPython, ends lines at U+2028 and others, too.
LINE_END = re.compile(r"\r\n|\r|\n")
OPTIONS = re.compile(r"^(\s*-\w+(\s*\d+)?\s+)+")  # of a magic, before the code: `%timeit -n 10 f()`


@dataclass
class Scope:
    """A module, function, class or comprehension, with the names that it binds."""

    kind: str  # "module", "function", "class" or "comprehension"
    outer: Scope | None = None
    names: set[str] = field(default_factory=set)
    declared: set[str] = field(default_factory=set)  # by `global`
    origins: dict[str, str] = field(default_factory=dict)  # what names stand for: {"np": "numpy"}

    def owner_of(self, name: str) -> Scope:
        """Return the scope that a name belongs to if it is used here; the module's, if no other binds it."""
        scope = self
        while scope.outer is not None:
            if name in scope.declared:
                return scope.module
            if name in scope.names and (scope is self or scope.kind != "class"):
                return scope
            scope = scope.outer
        return scope

    @property
    def module(self) -> Scope:
        """The outermost scope."""
        return self if self.outer is None else self.outer.module


@dataclass(frozen=True)
class Binding:
    """A place where a name of the notebook gets a value."""

    name: str
    node: ast.AST  # has a line number
    value: ast.AST | None = None  # what it gets; of a loop, what the loop goes over; None if that cannot be seen
    is_loop: bool = False

    @property
    def is_definition(self) -> bool:
        """Whether it makes something to call: a function or a class."""
        return isinstance(self.value, (*FUNCTIONS, ast.ClassDef, ast.Lambda))


class ReadCell:
    """A cell's code, with the scope of each part."""

    def __init__(self, source: str, given: dict[str, str]) -> None:
        """Read a cell.

        Args:
            source: the cell as the student wrote it, in IPython's notation.
            given: what each name that the given cells bind stands for, as `given_names` returns it.
        """
        self.given = given
        self.parts: list[tuple[ast.AST, Scope]] = []
        self.bindings: list[Binding] = []  # at the level of the notebook, in whatever form Python binds names
        self.values: dict[
            int, tuple[ast.AST | None, bool]
        ] = {}  # by the id of a target: what it gets, and if in a loop
        for tree in read_python(source):
            self._read(tree, Scope("module"))
        for node, scope in self.parts:
            if isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
                self._note_alias(node, node.value, scope)

    def origin(self, node: ast.AST, scope: Scope) -> str:
        """Return what an access path stands for, such as "numpy.testing" for `np.testing`; "" if that is not known."""
        if isinstance(node, ast.Name):
            owner = scope.owner_of(node.id)
            known = owner.origins.get(node.id, "")
            return known or (self.given.get(node.id, "") if owner.outer is None else "")
        if isinstance(node, ast.Attribute):
            base = self.origin(node.value, scope)
            return f"{base}.{node.attr}" if base else ""
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            return str(node.slice.value) if self.origin(node.value, scope) == "sys.modules" else ""
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            return str(node.args[0].value) if called_name(node) in ("import_module", "__import__") else ""
        return ""

    def of(self, kind: type[Node]) -> Iterator[tuple[Node, Scope]]:
        """Return the parts of a kind, each with its scope."""
        yield from ((node, scope) for node, scope in self.parts if isinstance(node, kind))

    def built_ins(self) -> Iterator[ast.Name]:
        """Return where the cell reads a name that it binds nowhere itself: most likely one of Python's or IPython's."""
        for node, scope in self.of(ast.Name):
            if isinstance(node.ctx, ast.Load) and node.id not in scope.owner_of(node.id).names:
                yield node

    def reads(self) -> set[str]:
        """Return the names of the notebook that the cell reads."""
        return {
            node.id
            for node, scope in self.parts
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and scope.owner_of(node.id).outer is None
        }

    def _read(self, tree: ast.AST, module: Scope) -> None:
        """Note each part of a tree with its scope, and what it binds. (A loop: a tree may be deeper than the stack.)"""
        to_do: list[tuple[ast.AST, Scope]] = [(tree, module)]
        bound: list[tuple[Binding, Scope]] = []
        while to_do:
            node, scope = to_do.pop()
            self.parts.append((node, scope))
            self._note_values(node)
            bound += [(binding, scope) for binding in self._bound_by(node)]
            if isinstance(node, ast.Global):
                scope.declared |= set(node.names)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                scope.origins |= imported_names(node)
            to_do += reversed(list(_children(node, scope)))
        for binding, scope in bound:
            while isinstance(binding.node, ast.NamedExpr) and scope.kind == "comprehension" and scope.outer is not None:
                scope = scope.outer  # `:=` binds outside of the comprehension that it stands in
            scope.names.add(binding.name)
            if scope.outer is None or binding.name in scope.declared:
                self.bindings.append(binding)

    def _note_values(self, node: ast.AST) -> None:
        """Remember what the names in the targets of a statement get."""
        targets: list[ast.AST] = []
        value, is_loop = None, False
        if isinstance(node, ast.Assign):
            targets, value = list(node.targets), node.value
        elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
            targets, value = [node.target], node.value
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            targets, value, is_loop = [node.target], node.iter, True
        for target in targets:
            self.values |= {id(name): (value, is_loop) for name in ast.walk(target)}

    def _bound_by(self, node: ast.AST) -> Iterator[Binding]:
        """Return what a node itself binds."""
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield Binding(node.id, node, *self.values.get(id(node), (None, False)))
        elif isinstance(node, ast.NamedExpr):
            self.values[id(node.target)] = node.value, False
            yield Binding(node.target.id, node, node.value)
        elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield Binding(node.name, node, node)
        elif isinstance(node, ast.arg):
            yield Binding(node.arg, node)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                if alias.name != "*":
                    yield Binding((alias.asname or alias.name).split(".")[0], alias, alias)
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            yield Binding(node.name, node)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield Binding(node.rest, node)

    def _note_alias(self, node: ast.Assign | ast.AnnAssign | ast.NamedExpr, value: ast.expr, scope: Scope) -> None:
        """Remember that `p = np` makes p another name of numpy."""
        origin = self.origin(value, scope)
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name) and origin:
                scope.owner_of(target.id).origins.setdefault(target.id, origin)


def _children(node: ast.AST, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
    """Return the parts of a node, each with its scope."""
    outside: list[ast.AST | None] = []  # what is evaluated around a definition, not inside of it
    inside = scope
    if isinstance(node, (*FUNCTIONS, ast.Lambda)):
        inside = Scope("function", scope)
        outside = [*node.args.defaults, *node.args.kw_defaults]
        if not isinstance(node, ast.Lambda):
            outside += [*node.decorator_list, node.returns]
    elif isinstance(node, ast.ClassDef):
        inside, outside = Scope("class", scope), [*node.decorator_list, *node.bases, *node.keywords]
    elif isinstance(node, COMPREHENSIONS):
        inside = Scope("comprehension", scope)
    elif isinstance(node, ast.arguments):
        outside = [*node.defaults, *node.kw_defaults]  # they came with their function
        yield from ((child, scope) for child in ast.iter_child_nodes(node) if child not in outside)
        return
    elif isinstance(node, ast.NamedExpr):
        yield node.value, scope  # its target is bound by itself
        return
    yield from ((child, scope) for child in outside if child is not None)
    yield from ((child, inside) for child in ast.iter_child_nodes(node) if child not in outside)


def read_python(source: str, first_line: int = 1) -> Iterator[ast.Module]:
    """Return a cell as Python, with what its magics run as more of it; nothing for what is no Python."""
    lines = source.splitlines(keepends=True)  # as IPython finds where a magic's own line ends
    start = next((index for index, line in enumerate(lines) if line.strip()), 0)
    if lines and lines[start].lstrip().startswith("%%"):
        argument = lines[start].strip().partition(" ")[2]
        yield from read_python(OPTIONS.sub("", argument + " "), first_line + start)
        below = first_line + len(LINE_END.findall("".join(lines[: start + 1])))
        yield from read_python("".join(lines[start + 1 :]), below)
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = as_python(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # IPython does not run it as Python either
    if first_line > 1:
        ast.increment_lineno(tree, first_line - 1)
    yield tree
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and called_name(call) in RUNS_TEXT:
            for argument_node in call.args:
                if isinstance(argument_node, ast.Constant) and isinstance(argument_node.value, str):
                    yield from read_python(OPTIONS.sub("", argument_node.value), call.lineno)


def as_python(source: str) -> ast.Module:
    """Return the tree of a cell, after IPython's own reading where it is not plain Python, or raise `SyntaxError`."""
    try:
        return ast.parse(source)
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager  # loads all of IPython, which few cells need

        transformer: Any = TransformerManager  # it has no type hints
        return ast.parse(str(transformer().transform_cell(source)))


def called_name(call: ast.Call) -> str:
    """Return the last name of what is called: "system" for `os.system(...)`."""
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def imported_names(node: ast.Import | ast.ImportFrom) -> dict[str, str]:
    """Return what each imported name stands for."""
    if isinstance(node, ast.ImportFrom):
        return {alias.asname or alias.name: f"{node.module or ''}.{alias.name}" for alias in node.names}
    return {
        alias.asname or alias.name.split(".")[0]: alias.name if alias.asname else alias.name.split(".")[0]
        for alias in node.names
    }


def given_names(sources: Sequence[str]) -> dict[str, str]:
    """Return what each name that the given cells bind stands for: a path, or "given.NAME" for what they define."""
    names: dict[str, str] = {}
    for source in sources:
        for statement in (statement for tree in read_python(source) for statement in tree.body):
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                names |= imported_names(statement)
            elif isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
                names[statement.name] = f"given.{statement.name}"
    return names
