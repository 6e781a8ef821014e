"""Looking for code that tampers with the verdict, by reading the student's cells without running them.

The verdict does not depend on this: `judge` trusts nothing that the student's process says. The points of a submission
in which something is found are held back until a person has looked at the line. So a rule belongs here only if no
honest solution needs what it names; code that is merely odd is left to the judge and the sandbox.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from tinytorch.course.layout import Course, Module
from tinytorch.course.notebook import grade_id, read_notebook, role_of
from tinytorch.course.notes import add_note

# Modules for looking into a process. Ending it, or reaching out of it, is not flagged: the sandbox prevents harm, and
# the cell that tries loses its own points.
MODULES = {
    "importlib": "changes how modules are found",
    "nbformat": "reads notebooks",
    "nbgrader": "reaches for the grader",
    "ipykernel": "reaches for the kernel",
    "marshal": "loads code that cannot be read",
    "mock": "replaces what tests call",
}
NAMES = {
    "get_ipython": "reaches for the notebook's shell",
    "exec": "runs code that cannot be read here",
    "eval": "runs code that cannot be read here",
    "compile": "runs code that cannot be read here",
    "__import__": "imports without an import statement",
    "__builtins__": "reaches for Python's own functions",
    "_ih": "reads the source of cells",
    "_oh": "reads the results of cells",
    "In": "reads the source of cells",
}
ATTRIBUTES = {
    **dict.fromkeys(["showtraceback", "set_custom_exc", "excepthook", "displayhook"], "changes how errors are shown"),
    **dict.fromkeys(
        [
            "ast_transformers",
            "input_transformers_post",
            "input_transformers_cleanup",
            "run_cell",
            "run_code",
            "user_ns",
        ],
        "changes how cells are run",
    ),
    **dict.fromkeys(["history_manager", "display_pub"], "reaches for the notebook's shell"),
    **dict.fromkeys(["settrace", "setprofile"], "watches other code run"),
    **dict.fromkeys(
        ["_getframe", "_current_frames", "currentframe", "getouterframes", "f_back", "f_locals", "f_globals", "f_code"],
        "looks into the functions that call it",
    ),
    **dict.fromkeys(["tb_frame", "tb_next", "gi_frame"], "looks into running functions"),
    **dict.fromkeys(["__globals__", "__code__", "__closure__", "__subclasses__"], "looks into functions and classes"),
    **dict.fromkeys(["get_objects", "get_referrers", "get_referents"], "searches the process's memory"),
    **dict.fromkeys(["getsource", "getsourcelines"], "reads the source of code"),
    **dict.fromkeys(["pythonapi", "py_object", "from_address", "memmove", "memset"], "writes into the interpreter"),
    **dict.fromkeys(["meta_path", "path_hooks"], "changes how modules are found"),
}
# Methods by which an object pretends to be something else
PRETENDING = {
    "__instancecheck__": "pretends to be of another class",
    "__subclasscheck__": "pretends to be of another class",
    "__class__": "pretends to be of another class",
}
# Functions by which tests ask what an object is: a student's own definition would answer instead
ASKING = {"type", "isinstance", "issubclass", "callable", "locals", "globals"}
READING = {"open", "Path", "popen", "Popen", "system", "run", "call", "check_output"}
COMPARISONS = {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__contains__"}


@dataclass(frozen=True)
class Finding:
    """A line that tampers with the verdict, and how."""

    line: str
    why: str

    def __str__(self) -> str:
        return f"`{self.line}` {self.why}"


class WatchForTampering(NbGraderPreprocessor):  # type: ignore[misc]
    """Flag a submission for each such line in the student's own cells."""

    course_root = Unicode(help="The course folder, which holds the released notebooks.").tag(config=True)

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # Read once for a class. Each run makes its own preprocessors, so a file that changed between runs is read anew.
        self._released_sources = functools.lru_cache(maxsize=1)(_released_sources)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Read the student's cells."""
        module = Course(Path(self.course_root)).module(resources["nbgrader"]["assignment"])
        released = self._released_sources(module)
        given = given_names([cell.source for cell in nb.cells if role_of(cell) == "given"])
        for cell in nb.cells:
            if is_own(cell) and cell.source not in released:
                for finding in findings(cell.source, given, module.name, role_of(cell) == "solution"):
                    add_note(nb, "flag", grade_id(cell) or cell.get("id", ""), str(finding))
        return nb, resources


def _released_sources(module: Module) -> frozenset[str]:
    """Return the sources of all cells of the released notebook."""
    return frozenset(cell.source for cell in read_notebook(module.released_path).cells)


def is_own(cell: NotebookNode) -> bool:
    """Whether a cell is the student's to write, or one that the student added."""
    return cell.cell_type == "code" and role_of(cell) in (None, "solution")


def given_names(sources: list[str]) -> dict[str, str]:
    """Return each name that the given cells bind, and whether it is a "module", an "import" or a "definition"."""
    names: dict[str, str] = {}
    for source in sources:
        for statement in ast.parse(source).body:
            if isinstance(statement, ast.Import):
                names |= {(alias.asname or alias.name).split(".")[0]: "module" for alias in statement.names}
            elif isinstance(statement, ast.ImportFrom):
                names |= {alias.asname or alias.name: "import" for alias in statement.names}
            elif isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
                names[statement.name] = "definition"
    return names


def findings(source: str, given: dict[str, str], module: str = "", is_solution: bool = True) -> list[Finding]:
    """Return the lines of a cell that tamper with the verdict; none for a cell that is not Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []  # it does not run as Python either, and what IPython makes of it stays in the sandbox
    lines = source.splitlines()
    found: dict[int, Finding] = {}
    for number, why in sorted(_Reader(tree, given, module, is_solution).read()):
        found.setdefault(number, Finding(lines[number - 1].strip(), why))
    return list(found.values())


class _Reader:
    """Reads one cell."""

    def __init__(self, tree: ast.Module, given: dict[str, str], module: str, is_solution: bool) -> None:
        self.tree = tree
        self.given = given
        self.module = module
        self.is_solution = is_solution
        self.nodes = list(ast.walk(tree))
        imports = [item for item in self.nodes if isinstance(item, ast.Import)]
        self.modules = {name for name, kind in given.items() if kind == "module"}
        self.modules |= {(alias.asname or alias.name).split(".")[0] for item in imports for alias in item.names}
        # where the cell binds a name itself, it does not mean the one listed above
        self.bound = {item.id for item in self.nodes if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store)}
        self.bound |= {item.arg for item in self.nodes if isinstance(item, ast.arg)}

    def read(self) -> Iterator[tuple[int, str]]:
        """Return line number and reason of each finding."""
        for node in self.nodes:
            for why in self._reasons(node):
                yield getattr(node, "lineno", 1), why
        for statement in self.tree.body:
            yield from self._rebinding(statement)

    def _reasons(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from self._import(node)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            if node.id in NAMES and node.id not in self.bound:
                yield NAMES[node.id]
        elif isinstance(node, ast.Attribute):
            yield from self._attribute(node)
        elif isinstance(node, ast.Global):
            # declared and bound in a function: calling the answer replaces the test's own helpers
            if any(self.given.get(name) in ("definition", "import") and name in self.bound for name in node.names):
                yield "replaces what was given"
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and self._is_namespace(node.value):
            yield "changes names without assigning to them"
        elif isinstance(node, ast.Call):
            yield from self._call(node)
        elif isinstance(node, ast.FunctionDef):
            yield from self._function(node)

    def _import(self, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
        paths = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            paths = [f"{node.module or ''}.{path}" for path in paths]
        for path in paths:
            for part in path.split("."):
                if part in MODULES:
                    yield MODULES[part]
            if path.startswith(("IPython.core", "IPython.get_ipython", "tinytorch.course")):
                yield "reaches for the notebook's shell or the grader"
            # Outside of an answer, students import it to try out what they exported
            if self.is_solution and path.startswith("tinytorch") and self._is_reference(path):
                yield "imports an answer instead of writing it"

    def _is_reference(self, path: str) -> bool:
        return self.module in path.split(".") or (
            path.split(".")[0] == "tinytorch"
            and len(path.split(".")) == 2
            and path.split(".")[1] not in self.given
            and path.split(".")[1] not in ("core", "datasets", "profiling")
        )

    def _attribute(self, node: ast.Attribute) -> Iterator[str]:
        if node.attr in ATTRIBUTES:
            yield ATTRIBUTES[node.attr]
        if isinstance(node.ctx, ast.Load):
            if node.attr == "modules" and _root(node) == "sys":
                yield "replaces modules"
            return
        root = _root(node)
        if root in self.modules:
            yield "replaces what a module holds"
        elif self.given.get(root) == "import" or (self.given.get(root) == "definition"):
            yield "changes what was given"

    def _is_namespace(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            mine = node.args and isinstance(node.args[0], ast.Name) and node.args[0].id == "self"
            return node.func.id in ("globals", "vars", "locals") and not mine
        if isinstance(node, ast.Attribute):
            return (node.attr == "__dict__" and _root(node) != "self") or (
                node.attr == "modules" and _root(node) == "sys"
            )
        return False

    def _call(self, node: ast.Call) -> Iterator[str]:
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        target = node.args[0] if node.args else None
        root = _root(target) if target is not None else ""
        if name in ("setattr", "delattr") and (
            root in self.modules or self.given.get(root) in ("import", "definition")
        ):
            yield "changes what was given"
        if name in ("getattr", "setattr") and len(node.args) > 1 and isinstance(node.args[1], (ast.BinOp, ast.Call)):
            yield "hides what it reaches for"
        parts = [part for argument in node.args for part in ast.walk(argument)] if name in READING else []
        if any(isinstance(part, ast.Constant) and ".ipynb" in str(part.value) for part in parts):
            yield "reads notebooks"
        if name == "stack" and _root(node.func) == "inspect":
            yield "looks into the functions that call it"
        if (
            name in ("update", "__setitem__")
            and isinstance(node.func, ast.Attribute)
            and self._is_namespace(node.func.value)
        ):
            yield "changes names without assigning to them"

    def _function(self, node: ast.FunctionDef) -> Iterator[str]:
        if node.name in PRETENDING:
            yield PRETENDING[node.name]
        if node.name in COMPARISONS:
            returns = [item.value for item in ast.walk(node) if isinstance(item, ast.Return)]
            if returns and all(isinstance(value, ast.Constant) and value.value is True for value in returns):
                yield "is equal to everything"
        patched = any(_root(item) == "patch" for item in node.decorator_list)
        owner = node.args.args[0].annotation if node.args.args else None
        if patched and isinstance(owner, ast.Name) and self.given.get(owner.id) in ("import", "definition"):
            yield "changes what was given"

    def _rebinding(self, statement: ast.stmt) -> Iterator[tuple[int, str]]:
        """Find given functions that the cell defines anew."""
        names: set[str] = set()
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            names = {statement.name} if not statement.decorator_list else set()
        elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda):
            names = {target.id for target in statement.targets if isinstance(target, ast.Name)}
        if any(self.given.get(name) in ("definition", "import") for name in names):
            yield statement.lineno, "replaces what was given"
        if names & ASKING:
            yield statement.lineno, "replaces what tells the tests what an object is"


def _root(node: ast.AST | None) -> str:
    """Return the name that an access path starts at: "np" of `np.testing.assert_equal`."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
