"""Break the reference solutions in small ways, and see that the tests notice: `make mutants`.

Each mutant changes one operator, constant, argument or statement of one solution cell; in the cells of `IN_PAIRS` two
operators at once, too. Statements that a function comes with stay: a student does not write them, and tests/core has
their tests. A mutant is killed when a graded test loses points, or a test of an optional step fails. One that no
test can kill is listed in mutants_equivalent/, a file for each module, with the reason. The run fails for a survivor
that is not listed, and for a listed one that does not survive or does not exist.
"""

from __future__ import annotations

import argparse
import ast
import copy
import functools
import re
import sys
import tomllib
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from queue import SimpleQueue

from tests.helpers.corpus import SOLUTION_MARKS, reference_answers
from tests.programs.quickgrade import QuickGrader
from tinytorch.course.authoring.build import read_source, write_solution_notebook
from tinytorch.course.layout import Course, Module
from tinytorch.course.notebook import grade_id, role_of

LISTED = Path(__file__).parent / "mutants_equivalent"
IN_PAIRS = {"05_dataloader": ["loader-iter", "loader-collate"]}  # where one slip could make up for another


@dataclass(frozen=True)
class Mutant:
    """One small change of one solution cell."""

    cell: str  # the grade_id
    function: str  # where in the cell
    before: str  # the statement's first line
    after: str
    source: str  # the whole cell, changed

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.cell, self.function, self.before, self.after


@functools.cache  # for several runs of the same module
def make_mutants(module: Module) -> list[Mutant]:
    """Return all mutants of a module's solution cells, each changed source once."""
    notebook = read_source(module.source_path.read_text(encoding="utf-8"))
    answers = reference_answers(notebook)
    mutants: dict[tuple[str, str], Mutant] = {}
    for cell in notebook.cells:
        if role_of(cell) == "solution":
            name = grade_id(cell) or ""
            for mutant in mutate_cell(name, answers[name], given_lines(cell.source)):
                mutants.setdefault((name, mutant.source), mutant)
            if name in IN_PAIRS.get(module.assignment, []):
                for mutant in mutate_in_pairs(name, answers[name]):
                    mutants.setdefault((name, mutant.source), mutant)
    return list(mutants.values())


def given_lines(source: str) -> set[int]:
    """Return which lines of a cell, its marks not counted, stand outside of the marks around what a student writes."""
    given, number, inside = set(), 0, False
    for line in source.splitlines():
        if line.strip() in SOLUTION_MARKS:
            inside = line.strip() == SOLUTION_MARKS[0]
        else:
            number += 1
            given |= set() if inside else {number}
    return given


def parse(source: str) -> ast.Module:
    """Return a cell's tree, in which the types of each `isinstance` are marked: their order says nothing."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance":
            node.args[1].unordered = True
    return tree


def mutate_in_pairs(name: str, source: str) -> Iterator[Mutant]:
    """Return every mutant of one cell in which two operators are changed."""
    tree = parse(source)
    changes = [(place, change) for place, node in enumerate(ast.walk(tree)) for change in _operators(node)]
    for (place, change), (other_place, other_change) in combinations(changes, 2):
        if place == other_place:
            continue
        mutated = copy.deepcopy(tree)
        nodes = list(ast.walk(mutated))
        change(nodes[place])
        other_change(nodes[other_place])
        changed = ast.unparse(ast.fix_missing_locations(mutated))
        originals = list(ast.walk(tree))
        one, other = (
            describe(name, tree, originals[at], mutated, nodes[at], changed)
            if any(n is nodes[at] for n in ast.walk(mutated))
            else None
            for at in (place, other_place)
        )
        if one and other:
            yield Mutant(
                name,
                f"{one.function}, {other.function}",
                f"{one.before} ; {other.before}",
                f"{one.after} ; {other.after}",
                changed,
            )


def mutate_cell(name: str, source: str, given: Collection[int] = ()) -> Iterator[Mutant]:
    """Return every mutant of one cell, without those of statements in functions that are in the lines `given`."""
    tree = parse(source)
    original = ast.unparse(tree)
    for number, node in enumerate(ast.walk(tree)):
        if is_given(tree, node, given):
            continue
        for change in changes_of(node):
            mutated = copy.deepcopy(tree)
            twin = next(other for place, other in enumerate(ast.walk(mutated)) if place == number)
            change(twin)
            changed = ast.unparse(ast.fix_missing_locations(mutated))
            if changed != original:
                yield describe(name, tree, node, mutated, twin, changed)


def is_given(tree: ast.AST, node: ast.AST, given: Collection[int]) -> bool:
    """Whether a node is in a statement of a function's body that is in the lines `given`."""
    around = [*enclosing(tree, node), node]
    statements = [part for part in around if isinstance(part, ast.stmt)]
    in_function = any(isinstance(part, ast.FunctionDef) for part in around[:-1])
    is_definition = statements and isinstance(statements[-1], (ast.FunctionDef, ast.ClassDef))
    return bool(in_function and statements and not is_definition and statements[-1].lineno in given)


def describe(name: str, tree: ast.AST, node: ast.AST, mutated: ast.AST, twin: ast.AST, source: str) -> Mutant:
    """Name a change by the function that it is in and by the statement before and after."""
    around = enclosing(tree, node)
    functions = [part.name for part in around if isinstance(part, (ast.ClassDef, ast.FunctionDef))]
    statement = next(part for part in reversed([*around, node]) if isinstance(part, ast.stmt))
    changed = next(part for part in reversed([*enclosing(mutated, twin), twin]) if isinstance(part, ast.stmt))
    before, after = first_line(statement), first_line(changed)
    if before == after:  # what changed stands in its block
        after = f"{after} ... {ast.unparse(changed).splitlines()[-1].strip()}"
    return Mutant(name, ".".join(functions), before, after, source)


def enclosing(tree: ast.AST, node: ast.AST) -> list[ast.AST]:
    """Return the nodes that `node` stands in, outermost first."""
    for child in ast.iter_child_nodes(tree):
        if child is node:
            return [tree]
        path = enclosing(child, node)
        if path:
            return [tree, *path]
    return []


def first_line(statement: ast.stmt) -> str:
    """Return a statement without what stands in its block; a function with its decorators."""
    lines = ast.unparse(statement).splitlines()
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return " ".join(lines[: 1 + len(statement.decorator_list)])
    return lines[0]


# The operators: each gives functions that change a node in place.

Change = Callable[[ast.AST], None]
COMPARISONS: dict[type, list[type]] = {
    ast.Lt: [ast.LtE, ast.GtE],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
}
ARITHMETIC: dict[type, list[type]] = {
    ast.Add: [ast.Sub, ast.Mult],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Add, ast.FloorDiv],
    ast.Div: [ast.Mult],
    ast.FloorDiv: [ast.Mult, ast.Div],
}
OTHER_ERROR = {"ValueError": "TypeError", "TypeError": "ValueError", "IndexError": "ValueError"}


def changes_of(node: ast.AST) -> Iterator[Change]:
    """Return all changes of one node (of its own fields; its children have changes of their own)."""
    for maker in (_operators, _constants, _branches, _statements, _calls, _sequences, _slices, _texts, _functions):
        yield from maker(node)


def _become(build: Callable[[ast.AST], ast.AST]) -> Change:
    """Turn a node into the one that `build` makes from it, in place."""

    def change(node: ast.AST) -> None:
        other = copy.deepcopy(build(node))
        node.__class__ = other.__class__
        node.__dict__.clear()
        node.__dict__.update(other.__dict__)

    return change


def _set(field: str, value: object) -> Change:
    return lambda node: setattr(node, field, value)


def _drop(field: str, place: int) -> Change:
    def change(node: ast.AST) -> None:
        del getattr(node, field)[place]

    return change


def _put(field: str, place: int, value: object) -> Change:
    def change(node: ast.AST) -> None:
        getattr(node, field)[place] = value

    return change


def _swap(field: str, one: int, other: int) -> Change:
    def change(node: ast.AST) -> None:
        items = getattr(node, field)
        items[one], items[other] = items[other], items[one]

    return change


def _operators(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in COMPARISONS.get(type(operator), []):
                yield _put("ops", place, other())
    elif isinstance(node, (ast.BinOp, ast.AugAssign)):
        for other in ARITHMETIC.get(type(node.op), []):
            yield _set("op", other())
    elif isinstance(node, ast.UnaryOp):
        yield _become(lambda node: node.operand)
    elif isinstance(node, ast.BoolOp):
        yield _set("op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
        for place in range(len(node.values)):
            yield _become(lambda node, place=place: node.values[place])


def _constants(node: ast.AST) -> Iterator[Change]:
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield _set("value", not value)
    elif isinstance(value, int) and abs(value) < 50:
        yield _set("value", value + 1)
        yield _set("value", value - 1)
    elif isinstance(value, int):
        yield _set("value", value * 2)
        yield _set("value", value // 2)
    elif isinstance(value, float):
        yield _set("value", value * 2)
        yield _set("value", value / 2)
    elif value is None:
        yield _set("value", 0)


def _branches(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, (ast.If, ast.While)):
        yield _set("test", ast.Constant(False))
        yield _set("test", ast.Constant(True))
        yield _set("test", ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.IfExp):
        yield _become(lambda node: node.body)
        yield _become(lambda node: node.orelse)


def _statements(node: ast.AST) -> Iterator[Change]:
    text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)  # a docstring
    if isinstance(node, (ast.Raise, ast.Assign, ast.Return, ast.Expr)) and not text:
        yield _become(lambda node: ast.Pass())
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
        error = node.exc.func.id
        yield lambda node: setattr(node.exc.func, "id", OTHER_ERROR.get(error, "ValueError"))
    if isinstance(node, ast.For):
        yield lambda node: node.body.append(ast.Break())
        yield _set("iter", ast.Call(ast.Name("reversed"), [ast.Call(ast.Name("list"), [node.iter], [])], []))
    if isinstance(node, ast.comprehension):
        yield _set("iter", ast.Call(ast.Name("reversed"), [ast.Call(ast.Name("list"), [node.iter], [])], []))


def _calls(node: ast.AST) -> Iterator[Change]:
    if not isinstance(node, ast.Call) or (isinstance(node.func, ast.Name) and node.func.id in OTHER_ERROR):
        return
    for place in range(len(node.keywords)):
        yield _drop("keywords", place)
    for place in range(len(node.args)):
        yield _drop("args", place)
        yield _become(lambda node, place=place: node.args[place])  # f(x) becomes x
    for place in range(len(node.args) - 1):
        yield _swap("args", place, place + 1)
    if isinstance(node.func, ast.Attribute):
        yield _become(lambda node: node.func.value)  # x.copy() becomes x


def _sequences(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, (ast.Tuple, ast.List)):
        for place in range(len(node.elts)):
            if isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
                yield _drop("elts", place)
            if place and not getattr(node, "unordered", False):
                yield _swap("elts", place - 1, place)


def _slices(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Slice):
        for bound in ("lower", "upper"):
            edge = getattr(node, bound)
            if edge is not None:
                yield _set(bound, None)
                yield _set(bound, ast.BinOp(edge, ast.Add(), ast.Constant(1)))
                yield _set(bound, ast.BinOp(edge, ast.Sub(), ast.Constant(1)))
    elif isinstance(node, ast.Subscript):
        yield _become(lambda node: node.value)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("slice", "range"):
        for place, edge in enumerate(node.args):
            yield _put("args", place, ast.BinOp(edge, ast.Add(), ast.Constant(1)))
            yield _put("args", place, ast.BinOp(edge, ast.Sub(), ast.Constant(1)))


def _texts(node: ast.AST) -> Iterator[Change]:
    """Leave out a value of a message; leave out a letter where letters are looked up; spoil a text that decides."""
    if isinstance(node, ast.JoinedStr):
        for place, part in enumerate(node.values):
            if isinstance(part, ast.FormattedValue) or len(re.findall(r"\w+", str(part.value))) > 2:
                yield _drop("values", place)
    if isinstance(node, ast.Compare):
        for place, side in enumerate(node.comparators):
            if isinstance(side, ast.Constant) and isinstance(side.value, str):
                for letter in side.value:
                    yield _put("comparators", place, ast.Constant(side.value.replace(letter, "")))


def _functions(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.FunctionDef):
        for place in range(len(node.decorator_list)):
            yield _drop("decorator_list", place)
        if len(node.body) > 1 and isinstance(node.body[-1], ast.Return):
            yield _set("body", [ast.Pass()])


def killers(graders: list[QuickGrader], answers: dict[str, str], mutants: list[Mutant]) -> list[str | None]:
    """Return for each mutant the first test that it loses, or None if it survives."""
    idle: SimpleQueue[QuickGrader] = SimpleQueue()
    for grader in graders:
        idle.put(grader)

    def killer(mutant: Mutant) -> str | None:
        grader = idle.get()
        try:
            failed = grader.failures(answers | {mutant.cell: mutant.source}, first_only=True, below=mutant.cell)
        finally:
            idle.put(grader)
        return next((test for test in failed if test in grader.verdicts), None)

    with ThreadPoolExecutor(len(graders)) as pool:
        return list(pool.map(killer, mutants))


def read_listed(path: Path) -> dict[tuple[str, str, str, str], str]:
    """Read the equivalent mutants, each with its reason."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["equivalent"] if path.exists() else []
    return {(row["cell"], row["function"], row["before"], row["after"]): row["why"] for row in rows}


def run(module: Module, every: int = 1, verbose: bool = False, listed_in: Path | None = None) -> int:
    """Run every n-th mutant of a module, print what came, and give the exit code."""
    write_solution_notebook(module)
    answers = reference_answers(read_source(module.source_path.read_text(encoding="utf-8")))
    everything, listed = make_mutants(module), read_listed(listed_in or LISTED / f"{module.assignment}.toml")
    gone = set(listed) - {mutant.key for mutant in everything}
    mutants = everything[::every]
    with QuickGrader(module) as one, QuickGrader(module) as other:
        lost = [test for test in one.failures(answers) if test in one.verdicts]
        if lost:
            print(f"The reference itself loses {', '.join(lost)}: mend that first.")
            return 1
        deaths = killers([one, other], answers, mutants)
    wrong = [f"listed, but there is no such mutant: {key}" for key in sorted(gone)]
    equivalent = survivors = 0
    for mutant, death in zip(mutants, deaths, strict=True):
        if verbose:
            print(f"{death or 'SURVIVED':24} {mutant.cell}  {mutant.function}:  {mutant.before}  ->  {mutant.after}")
        if death and mutant.key in listed:
            wrong.append(f"listed as equivalent, but {death} kills it: {mutant.key}")
        elif not death and mutant.key in listed:
            equivalent += 1
        elif not death:
            survivors += 1
            wrong.append(f"survives: {mutant.cell}, {mutant.function}:\n    {mutant.before}\n    {mutant.after}")
    print(*wrong, sep="\n", end="\n" if wrong else "")
    killed = sum(death is not None for death in deaths)
    counts = f"killed {killed} / total {len(mutants)} ({equivalent} equivalent), survivors: {survivors}"
    print(f"{module.assignment}: {counts}", flush=True)
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the mutants of the modules' references through their tests.")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="such as 05; without any, all of them")
    parser.add_argument("--every", type=int, default=1, help="only every n-th mutant")
    parser.add_argument("--verbose", action="store_true", help="say for each mutant which test killed it")
    options = parser.parse_args()
    course = Course.find(Path(__file__).parent)
    wanted = [course.module(name) for name in options.modules] or course.modules
    return max([run(module, options.every, options.verbose) for module in wanted])


if __name__ == "__main__":
    sys.exit(main())
