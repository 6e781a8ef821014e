"""Stub lines that a student left in an answer: a stub may hide the answer, replace it, or come too late to matter."""

from __future__ import annotations

import ast

from nbformat import NotebookNode

from tinytorch.course.notebook import STUB, grade_id, role_of, solution_cells
from tinytorch.course.notes import Note

STUB_NAME = "NotImplementedError"
STUB_STATEMENT = ast.dump(ast.parse(STUB).body[0])
HIDES = "`raise NotImplementedError(...)` still stands above your code, which therefore never runs: delete line {line}"
TOO_LATE = "`raise NotImplementedError(...)` still stood below your code; it was passed over: delete line {line}"


def mend_stubs(notebook: NotebookNode, released: NotebookNode) -> list[Note]:
    """Take out stub lines below an answer, where they have no effect; note these, and the stubs that hide an answer."""
    notes, as_released = [], {grade_id(cell): cell.source for cell in solution_cells(released)}
    for cell in solution_cells(notebook):
        name, stub = str(grade_id(cell)), as_released.get(grade_id(cell), "")
        if cell.source.strip() == stub.strip() or STUB_NAME not in cell.source:
            continue
        below, above = _leftovers(cell.source, stub)
        lines = cell.source.split("\n")
        for statement in below:
            lines[statement.lineno - 1] = lines[statement.lineno - 1].replace(STUB, "pass")
        cell.source = "\n".join(lines)
        if below:
            notes.append(Note("note", name, TOO_LATE.format(line=below[0].lineno)))
        if above:
            notes.append(Note("fault", name, HIDES.format(line=above[0].lineno)))
    return notes + _replaced_methods(notebook)


def _leftovers(source: str, released_source: str) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """Return the stub lines below a student's own code in the same block, and those above it."""
    tree, released = _parsed(source), _parsed(released_source)
    given = {ast.dump(node) for node in ast.walk(released) if isinstance(node, ast.stmt)}
    below, above = [], []
    for node in ast.walk(tree):
        for block in (getattr(node, field, None) for field in ("body", "orelse", "finalbody")):
            if not isinstance(block, list) or not any(_is_stub(statement) for statement in block):
                continue
            own = [ast.dump(statement) not in given for statement in block]
            for index, statement in enumerate(block):
                if not _is_stub(statement):
                    continue
                if any(own[index + 1 :]):
                    above.append(statement)
                elif any(own[:index]):
                    below.append(statement)
    return below, above


def _replaced_methods(notebook: NotebookNode) -> list[Note]:
    """Return a note on each stub with `@patch` that replaces a method which the student wrote inside the class."""
    stubs = [cell for cell in solution_cells(notebook) if STUB_NAME in cell.source]
    if not stubs:
        return []
    written = {
        (node.name, method.name)
        for cell in notebook.cells
        if cell.cell_type == "code" and role_of(cell) != "test" and "class" in cell.source
        for node in ast.walk(_parsed(cell.source))
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef)
    }
    notes = []
    for cell in stubs:
        for node in _parsed(cell.source).body:
            if not isinstance(node, ast.FunctionDef) or not any(_is_stub(statement) for statement in node.body):
                continue
            annotation = node.args.args[0].annotation if node.decorator_list and node.args.args else None
            if isinstance(annotation, ast.Name) and (annotation.id, node.name) in written:
                text = (
                    f"you wrote {node.name} inside the class {annotation.id}, and the stub in this cell takes its "
                    "place: delete the stub, or move the method there"
                )
                notes.append(Note("fault", str(grade_id(cell)), text))
    return notes


def _is_stub(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Raise) and ast.dump(statement) == STUB_STATEMENT


def _parsed(source: str) -> ast.Module:
    """Return a cell's syntax tree, an empty one if it has errors or is too deep: the test of that cell will say so."""
    try:
        tree = ast.parse(source)
        ast.dump(tree)
        return tree
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])
