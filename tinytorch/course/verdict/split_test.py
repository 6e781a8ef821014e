"""Splitting a test cell in two: what the student's process runs, and what the grader's process decides.

    image = np.arange(6).reshape(2, 3)                          both, if the grader needs it
    got = RandomHorizontalFlip(p=1)(image).tolist()             the student's process
    assert got == [[2, 1, 0], [5, 4, 3]], f"... {got}"          the grader's, on a plain copy of `got`

The student's process gets every statement except the asserts, and instead of each assert a witness that sends the
values named in it. The grader runs the rest: the asserts, the loops around them, and whatever they need that no
student's code has touched. So an expected value never enters the process that could copy it, and what comes back is
numbers, strings and arrays, which cannot claim to be equal to everything.

A name is *theirs* once anything in the student's process may have set or changed it: it is not one of the grader's own
names, or it appeared in a statement together with such a name. All other names are *ours*.
"""

from __future__ import annotations

import ast
import builtins
import copy
import marshal
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TypeGuard, cast

from tinytorch.course.verdict.read_cell import ReadCell

# What the grader may use: no input or output, and nothing that looks at the state of its own process
FORBIDDEN_BUILTINS = {"open", "input", "print", "globals", "locals", "vars", "dir", "id", "exec", "eval", "compile"}
OUR_NAMES = {name for name in dir(builtins) if not name.startswith("_")} - FORBIDDEN_BUILTINS | {"np"}
# Called on a student's object, these say something about the object itself, so the student's process calls them
ASKED_THERE = {"hasattr", "callable", "issubclass", "getattr", "iter", "next", "hash", "bool"}
ASKED_THERE |= {"shares_memory", "may_share_memory"}  # from np: copies share no memory
LOOK, CHECK = "_look", "_check"
# `isinstance(value, Tensor)` is for the grader to decide, by the kind in which the value was sent
KIND = "Tensor"
HIDDEN, BARRIER = "BEGIN HIDDEN TESTS", "_barrier"


class CannotTakeApart(Exception):
    """A test cell's asserts cannot be decided outside the student's process; says which line, and what to write."""


@dataclass(eq=False)  # each is itself: what is made of it is kept for the next student
class Part:
    """The visible part of a test cell, or its hidden one, in two halves."""

    student_half: str  # source; calls `_look(number, function, ...)` instead of assert `number`
    grader_half: ast.Module  # calls `_check(number)` before each assert, and `_look(index)` for each value
    asserts: int

    @cached_property
    def grader_bytes(self) -> bytes:
        """The grader's half, compiled, as `marshal` writes code."""
        return marshal.dumps(compile(self.grader_half, "<test>", "exec", dont_inherit=True))

    @cached_property
    def bound(self) -> frozenset[str]:
        """The names that the student's half binds in the scope that it stands in."""
        return frozenset(binding.name for binding in ReadCell(self.student_half, {}).bindings)


@lru_cache(maxsize=1024)  # the same few tests grade a whole class
def take_apart(source: str) -> tuple[Part, ...]:
    """Split a test cell's source at its hidden region, and each part into halves, or raise `CannotTakeApart`.

    The parts are decided one after the other, so an answer that fails the visible part is told about that.
    """
    tree = ast.parse(re.sub(rf"^### {HIDDEN}", BARRIER, source, flags=re.MULTILINE))
    plan = _Plan()
    while True:  # what a loop's body touches is theirs in the loop's next round
        before = set(plan.theirs)
        plan.read(tree.body)
        if plan.theirs == before:
            break
    splitter = _Splitter(plan)
    bodies = [splitter.grader_body(body) for body in _parts(tree.body)]
    needed = splitter.names_needed_there(tree.body)
    parts = []
    for body, grader in zip(_parts(tree.body), bodies, strict=True):
        student = ast.Module(splitter.student_body(body, needed), [])
        asserts = sum(isinstance(statement, ast.Assert) for statement in _flat(body))
        halves = ast.unparse(ast.fix_missing_locations(student)), ast.fix_missing_locations(ast.Module(grader, []))
        parts.append(Part(*halves, asserts))
    return tuple(parts)


def _parts(body: Sequence[ast.stmt]) -> list[list[ast.stmt]]:
    """Split a cell's statements at the line where its hidden region begins."""
    parts: list[list[ast.stmt]] = [[]]
    for statement in body:
        if _is_barrier(statement):
            parts.append([])
        else:
            parts[-1].append(statement)
    return [part for part in parts if part]


@dataclass
class _Plan:
    """Which names are theirs anywhere in the cell."""

    theirs: set[str] = field(default_factory=set)
    assigned: set[str] = field(default_factory=set)

    def read(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            self._read(statement)

    def is_theirs(self, node: ast.AST) -> bool:
        return any(name in self.theirs or name not in OUR_NAMES | self.assigned for name in loads(node)) or any(
            isinstance(item, ast.Attribute) and item.attr == "random" for item in ast.walk(node)
        )

    def _read(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Assert) or _is_barrier(statement):
            return
        if isinstance(statement, ast.For) and holds_assert(statement):
            targets = stores(statement.target)
            if self.is_theirs(statement.iter):
                self.theirs |= targets | (loads(statement.iter) - OUR_NAMES)
            self.assigned |= targets
            self.read(statement.body)
            return
        if holds_assert(statement):
            raise CannotTakeApart(
                f"line {statement.lineno}: an assert stands in a {type(statement).__name__} statement"
            )
        targets = stores(statement)
        simple = isinstance(statement, (ast.Assign, ast.AnnAssign)) and not self.is_theirs(statement)
        if not simple:
            # It runs in the student's process: what it assigns is theirs, and so is what it may have changed
            self.theirs |= targets | (loads(statement) - OUR_NAMES)
        elif targets & self.theirs:
            self.theirs |= targets  # `x, y = 1, 2` is one statement, and runs in one process
        self.assigned |= targets


@dataclass(frozen=True)
class _Question:
    """What an assert asks the student's process: its number in the cell, and the expressions whose values it needs."""

    number: int
    asked: list[ast.expr]


class _Splitter:
    """Writes the two halves."""

    def __init__(self, plan: _Plan) -> None:
        self.plan = plan
        self.questions: dict[ast.Assert, _Question] = {}

    # the grader's half

    def grader_body(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        out: list[ast.stmt] = []
        for statement in body:
            if isinstance(statement, ast.Assert):
                out += self._grader_assert(statement)
            elif isinstance(statement, ast.For) and holds_assert(statement):
                out.append(self._grader_loop(statement))
            elif isinstance(statement, (ast.Assign, ast.AnnAssign)) and not stores(statement) & self.plan.theirs:
                out.append(copy.deepcopy(statement))
        return out

    def _grader_assert(self, statement: ast.Assert) -> list[ast.stmt]:
        number, lifter = len(self.questions), _Lifter(self.plan)
        test = lifter.lift(statement.test)
        message = lifter.lift(statement.msg) if statement.msg is not None else None
        self.questions[statement] = _Question(number, lifter.asked)
        check = ast.Expr(ast.Call(ast.Name(CHECK, ast.Load()), [ast.Constant(number)], []))
        raised = ast.Call(ast.Name("AssertionError", ast.Load()), [message] if message else [], [])
        failed = ast.If(ast.UnaryOp(ast.Not(), test), [ast.Raise(raised, None)], [])
        return [check, failed]

    def _grader_loop(self, loop: ast.For) -> ast.For:
        if loop.orelse:
            raise CannotTakeApart(f"line {loop.lineno}: a loop around an assert has an else")
        if any(isinstance(item, (ast.Break, ast.Continue)) for item in ast.walk(loop)):
            raise CannotTakeApart(f"line {loop.lineno}: a loop around an assert has a break or continue")
        body = self.grader_body(loop.body) or [ast.Pass()]
        if not self.plan.is_theirs(loop.iter):
            return ast.For(copy.deepcopy(loop.target), copy.deepcopy(loop.iter), body, [])
        if not isinstance(loop.iter, (ast.List, ast.Tuple)) or any(isinstance(e, ast.Starred) for e in loop.iter.elts):
            raise CannotTakeApart(
                f"line {loop.lineno}: the loop around an assert goes over a value of the student's: "
                "collect what to check in a list first, then assert on the list"
            )
        rounds = ast.Call(ast.Name("range", ast.Load()), [ast.Constant(len(loop.iter.elts))], [])
        return ast.For(ast.Name("_", ast.Store()), rounds, body, [])

    # the student's half

    def names_needed_there(self, body: Sequence[ast.stmt]) -> set[str]:
        """Return the names that the student's half of a cell reads."""
        needed: set[str] = set()
        while True:
            before = set(needed)
            for statement in _flat(body):
                if isinstance(statement, ast.Assert):
                    for expression in self.questions[statement].asked:
                        needed |= loads(expression)
                elif isinstance(statement, ast.For) and holds_assert(statement):
                    needed |= loads(statement.iter)
                elif not _is_barrier(statement) and (not self._only_ours(statement) or stores(statement) & needed):
                    needed |= loads(statement)
            if needed == before:
                return needed

    def _only_ours(self, statement: ast.stmt) -> bool:
        return isinstance(statement, (ast.Assign, ast.AnnAssign)) and not stores(statement) & self.plan.theirs

    def student_body(self, body: Sequence[ast.stmt], needed: set[str]) -> list[ast.stmt]:
        """Return what the student's process runs: no assert, and nothing that only asserts need."""
        out: list[ast.stmt] = []
        for statement in body:
            if isinstance(statement, ast.Assert):
                out.append(self._witness(self.questions[statement]))
            elif isinstance(statement, ast.For) and holds_assert(statement):
                inner = self.student_body(statement.body, needed)
                target, values = _without_unused(statement.target, statement.iter, needed)
                out.append(ast.For(target, values, inner or [ast.Pass()], []))
            elif not self._only_ours(statement) or stores(statement) & needed:
                out.append(copy.deepcopy(statement))
        return out

    def _witness(self, question: _Question) -> ast.stmt:
        nothing = ast.arguments([], [], None, [], [], None, [])
        looks: list[ast.expr] = [ast.Lambda(nothing, copy.deepcopy(expression)) for expression in question.asked]
        return ast.Expr(ast.Call(ast.Name(LOOK, ast.Load()), [ast.Constant(question.number), *looks], []))


class _Lifter:
    """Finds the largest parts of an assert that only the student's process knows, and puts `_look(index)` there."""

    def __init__(self, plan: _Plan) -> None:
        self.plan = plan
        self.asked: list[ast.expr] = []

    def lift(self, node: ast.expr) -> ast.expr:
        lifted = self._lift(copy.deepcopy(node), frozenset())
        assert isinstance(lifted, ast.expr)
        return lifted

    def _lift(self, node: ast.AST, local: frozenset[str]) -> ast.AST:
        if isinstance(node, ast.expr) and self._is_asked_there(node, local):
            return self._ask(node)
        if isinstance(node, (ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp)):
            inside = local | {name for generator in node.generators for name in stores(generator.target)}
            if any(isinstance(item, ast.Call) and self._theirs(item.func, inside) for item in ast.walk(node)):
                if isinstance(node, ast.GeneratorExp):  # a generator is no plain value; a list of the same items is
                    node = ast.ListComp(node.elt, node.generators)
                return self._ask(node)
            local = inside
        if _asks_for_kind(node):
            node.args = [cast(ast.expr, self._lift(node.args[0], local)), node.args[1]]
            return node
        if isinstance(node, ast.Lambda):
            local = local | {argument.arg for argument in node.args.args}
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                setattr(node, name, [self._lift(item, local) if isinstance(item, ast.AST) else item for item in value])
            elif isinstance(value, ast.AST):
                setattr(node, name, self._lift(value, local))
        return node

    def _is_asked_there(self, node: ast.expr, local: frozenset[str]) -> bool:
        """Whether the student's process has to be asked for a part of an assert."""
        if local and loads(node) & local:
            return False
        if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load) or _asks_for_kind(node):
            return False
        if isinstance(node, ast.Name):
            return self._theirs(node, local)
        if isinstance(node, ast.Attribute):
            return self._theirs(node, local)
        if isinstance(node, ast.Subscript):
            return self._theirs(node.value, local)
        if isinstance(node, ast.Call):
            if self._theirs(node.func, local):
                return True
            asked = getattr(node.func, "id", getattr(node.func, "attr", "")) in ASKED_THERE
            kind = isinstance(node.func, ast.Name) and node.func.id == "isinstance" and len(node.args) == 2
            return (asked and self.plan.is_theirs(node)) or (kind and self._theirs(node.args[1], local))
        if isinstance(node, ast.Compare) and any(isinstance(op, (ast.Is, ast.IsNot)) for op in node.ops):
            sides = [node.left, *node.comparators]
            return not any(isinstance(side, ast.Constant) for side in sides) and self.plan.is_theirs(node)
        return False

    def _theirs(self, node: ast.expr, local: frozenset[str]) -> bool:
        """Whether an access path, such as `a.b[c]`, starts at one of their names."""
        while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
            if isinstance(node, ast.Attribute) and node.attr == "random":
                return True
            node = node.func if isinstance(node, ast.Call) else node.value
        if not isinstance(node, ast.Name) or node.id in local:
            return False
        return node.id in self.plan.theirs or node.id not in OUR_NAMES | self.plan.assigned

    def _ask(self, node: ast.expr) -> ast.expr:
        self.asked.append(node)
        return ast.Call(ast.Name(LOOK, ast.Load()), [ast.Constant(len(self.asked) - 1)], [])


def _asks_for_kind(node: ast.AST) -> TypeGuard[ast.Call]:
    """Whether this is `isinstance(..., Tensor)`."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance"):
        return False
    return len(node.args) == 2 and isinstance(node.args[1], ast.Name) and node.args[1].id == KIND


def loads(node: ast.AST) -> set[str]:
    """Return the names that `node` reads from outside itself."""
    bound: set[str] = set()
    read: set[str] = set()
    for item in ast.walk(node):
        if isinstance(item, ast.Name):
            if isinstance(item.ctx, ast.Load):
                read.add(item.id)
        elif isinstance(item, ast.comprehension):
            bound |= stores(item.target)
        elif isinstance(item, (ast.Lambda, ast.FunctionDef)):
            arguments = item.args
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            bound |= {argument.arg for argument in [*every, arguments.vararg, arguments.kwarg] if argument}
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        read.add(node.target.id)
    return read - bound


def stores(node: ast.AST) -> set[str]:
    """Return the names that `node` itself binds: targets, definitions, imports."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    names: set[str] = set()
    items = list(ast.walk(node))
    own = {id(name) for item in items if isinstance(item, ast.comprehension) for name in ast.walk(item.target)}
    for item in items:
        if isinstance(item, ast.Name) and isinstance(item.ctx, (ast.Store, ast.Del)) and id(item) not in own:
            names.add(item.id)
        if isinstance(item, (ast.FunctionDef, ast.ClassDef)):
            names.add(item.name)
        if isinstance(item, (ast.Attribute, ast.Subscript)) and isinstance(item.ctx, (ast.Store, ast.Del)):
            names |= loads(item.value)  # `batch.data[...] = 7` changes batch
    return names


def holds_assert(statement: ast.stmt) -> bool:
    """Whether this is a compound statement with an assert in it."""
    return not isinstance(statement, ast.Assert) and any(isinstance(item, ast.Assert) for item in ast.walk(statement))


def _is_barrier(statement: ast.stmt) -> bool:
    """Whether a statement marks the line where the hidden region begins."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Name) and statement.value.id == BARRIER


def _flat(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Return the statements of a body, and those of loops around asserts."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.For) and holds_assert(statement):
            yield from _flat(statement.body)


def _without_unused(target: ast.expr, values: ast.expr, needed: set[str]) -> tuple[ast.expr, ast.expr]:
    """Remove from a loop over literal tuples what only the asserts read: the expected values."""
    target, values = copy.deepcopy(target), copy.deepcopy(values)
    if not (isinstance(target, ast.Tuple) and isinstance(values, (ast.List, ast.Tuple))):
        return target, values
    rows = [row for row in values.elts if isinstance(row, ast.Tuple) and len(row.elts) == len(target.elts)]
    if len(rows) == len(values.elts):
        for position, name in enumerate(target.elts):
            if not stores(name) & needed:
                for row in rows:
                    row.elts[position] = ast.Constant(None)
    if isinstance(target, ast.Tuple):
        unused = [isinstance(name, ast.Tuple) and not stores(name) & needed for name in target.elts]
        target.elts = [
            ast.Name("_", ast.Store()) if skip else name for skip, name in zip(unused, target.elts, strict=True)
        ]
    return target, values
