"""An assignment packed for the workers that grade it: a small course folder with all that the verdicts depend on.

It has the solution notebook, whose hidden tests decide; the released notebook; the package that the module needs; a
gradebook that knows the assignment and no student; and the settings of the preprocessors. Each worker unpacks it in a
folder of its own, on this machine or on another.
"""

from __future__ import annotations

import ast
import hashlib
import itertools
import json
import py_compile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any

import nbformat
from nbconvert.preprocessors import Preprocessor
from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties, SaveAutoGrades
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from tinytorch.course.configuration import load_config
from tinytorch.course.gradebook.register import register
from tinytorch.course.kept import find_kept, keep, tools
from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.notebook import explore_cells, grade_ids, read_own_notebook
from tinytorch.course.released import released_notebook
from tinytorch.course.sandbox.staged_package import staged_sources
from tinytorch.course.verdict.preprocessors import ExecuteStaged

GRADEBOOK = "gradebook.db"
# What takes longest to import, and only cells that grading passes over use it; an answer that draws imports it itself.
DRAWING = ("matplotlib", "PIL")
BLOCKS = ("body", "orelse", "handlers", "finalbody", "cases")  # where statements have others inside
NUMPY_WHEN_USED = {"numpy.ma", "numpy.random"}  # parts of NumPy that it imports when they are first used


@dataclass(frozen=True)
class Assignment:
    """What a worker needs to get once to grade any number of submissions of a module."""

    name: str  # "05_dataloader"
    files: dict[str, bytes]  # by path below the course folder
    settings: dict[str, dict[str, Any]]  # from nbgrader_config.py, by class
    modules: tuple[str, ...]  # the third-party modules that its graded cells and its package import

    @cached_property
    def key(self) -> str:
        """A name for its content: a submission graded with one key need not be graded with it again."""
        digest = hashlib.sha256(json.dumps([self.name, self.settings, self.modules], sort_keys=True).encode())
        for path, content in sorted(self.files.items()):
            if path != GRADEBOOK:  # made from the others, with random ids
                digest.update(f"{path}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()

    @cached_property
    def compiled(self) -> dict[str, bytes]:
        """Its Python files compiled, by path: each kernel imports them, in a sandbox where it can keep nothing."""
        made = {}
        with tempfile.TemporaryDirectory(prefix="tinytorch-compile-") as folder:
            for path, content in self.files.items():
                if path.startswith("tinytorch/") and path.endswith(".py"):
                    source = Path(folder) / path
                    source.parent.mkdir(parents=True, exist_ok=True)
                    source.write_bytes(content)
                    # not by the time of the file: each stage has a new copy
                    kept = py_compile.compile(
                        str(source), doraise=True, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH
                    )
                    made[Path(str(kept)).relative_to(folder).as_posix()] = Path(str(kept)).read_bytes()
        return made

    @property
    def isolation(self) -> str:
        """The isolation in which its submissions run, such as "bubblewrap"."""
        return str(self.settings.get("ExecuteStaged", {}).get("isolation", ExecuteStaged.isolation.default_value))

    @property
    def submission_seconds(self) -> float:
        """The time that all cells of a submission have together."""
        return float(ExecuteStaged(config=Config(self.settings)).submission_timeout)

    def unpack(self, folder: Path) -> Course:
        """Write the files into `folder` and return the course that they make up."""
        for path, content in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return Course(folder)

    def config(self, course: Course) -> Config:
        """Return the settings for preprocessors that work in the folder where it was unpacked."""
        config = Config(self.settings)
        for name in ("GradeAsReleased", "WatchForTampering", "ExecuteStaged"):
            config[name].course_root = str(course.root)
        return config


def pack(course: Course, module: Module) -> Assignment:
    """Pack a module of the course. Its solution notebook has to exist.

    Raises:
        CourseError: the released notebook has other cells than the source.
    """
    released, solution = released_notebook(course, module), read_own_notebook(module.solution_path)
    if grade_ids(released) != grade_ids(solution):
        raise CourseError(
            f"{module.released_path} does not have the cells of {module.source_path}: run `tito build {module.number}` "
            "first; nobody was graded."
        )
    sources = staged_sources(course, module)
    files = {source.relative_to(course.root).as_posix(): source.read_bytes() for source in sources}
    for path in (module.solution_path, course.root / "settings.ini"):
        files[path.relative_to(course.root).as_posix()] = path.read_bytes()
    files[module.released_path.relative_to(course.root).as_posix()] = nbformat.v4.writes(released).encode()
    explored = explore_cells(solution)
    graded = [cell.source for cell in solution.cells if cell.cell_type == "code" and cell.id not in explored]
    package = [source.read_text(encoding="utf-8") for source in sources if source.suffix == ".py"]
    modules = _third_party_modules(graded)
    modules |= {name for name in _third_party_modules(package) if name.split(".")[0] not in DRAWING}
    if "numpy" in modules:
        modules |= NUMPY_WHEN_USED
    assignment = Assignment(module.assignment, files, _settings(course), tuple(sorted(modules)))
    files[GRADEBOOK] = _gradebook(course, module, assignment.key)
    return assignment


def _gradebook(course: Course, module: Module, key: str) -> bytes:
    """Return a gradebook that knows the module and no student; it is made once for each `key`."""
    config = (course.root / "nbgrader_config.py").read_bytes()
    key = hashlib.sha256(f"{key}\0{tools()}\0".encode() + config).hexdigest()
    gradebook = find_kept("gradebooks", key)
    if gradebook is None:
        with tempfile.TemporaryDirectory(prefix="tinytorch-pack-") as folder:
            made = Path(folder) / GRADEBOOK
            register(course, module, Path(folder), db_url=f"sqlite:///{made}")
            gradebook = made.read_bytes()
        keep("gradebooks", key, gradebook)
    return gradebook


def _settings(course: Course) -> dict[str, dict[str, Any]]:
    """Return the settings in nbgrader_config.py on which verdicts depend and that can be sent: numbers, texts, lists.

    All others stay here: they are about this machine and people, such as where the gradebook is and its password.
    """
    config = load_config(course)
    deciding = {base.__name__ for each in [Autograde, *deciding_preprocessors(config)] for base in each.__mro__}
    settings: dict[str, dict[str, Any]] = {}
    for name, section in config.items():
        for key, value in section.items():
            if name in deciding and key != "course_root":
                try:
                    settings.setdefault(name, {})[key] = json.loads(json.dumps(value))
                except TypeError:  # a function, such as a hook for this machine
                    continue
    return settings


def deciding_preprocessors(config: Any) -> list[type[Preprocessor]]:
    """Return the preprocessors that Autograde would use, without those that write to the gradebook."""
    autograde = Autograde(config=config)
    named = [*autograde.sanitize_preprocessors, *autograde.autograde_preprocessors]
    classes = [import_item(each) if isinstance(each, str) else each for each in named]
    return [each for each in classes if not issubclass(each, (SaveAutoGrades, AssignLatePenalties))]


def _third_party_modules(sources: list[str]) -> set[str]:
    """Return the modules, other than the course's own, that sources import; one with IPython syntax counts for none."""
    found = set()
    for source in sources:
        try:
            tree = ast.parse(source)
        except SyntaxError:
            continue
        for node in _statements(tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
    return {name for name in found if name.split(".")[0] not in ("tinytorch", "__future__")}


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield all statements inside of one, at any depth, and no expressions, which most of a tree is."""
    for part in itertools.chain.from_iterable(getattr(node, name, ()) for name in BLOCKS):
        yield part
        yield from _statements(part)
