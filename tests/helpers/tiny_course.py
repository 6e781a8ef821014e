"""A small course of two modules, and what a class hands in for it."""

from __future__ import annotations

import contextlib
import csv
import html
import io
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from tests.helpers.repository import ROOT
from tinytorch.course.cli import main

TIMEOUT_SECONDS = 4  # a cell of the real course has 10
POINTS = {"double-number": 4, "double-more": 6, "pair-total-right": 10}  # of the tests of module 02

TENSOR = """\
# %% [markdown]
# # 01 · Tensor

# %%
#| default_exp core.tensor

# %% given="imports"
#| export
from __future__ import annotations
import numpy as np

# %% [markdown]
# ## Step 1 · Hold an array

# %% solution="tensor"
#| export
class Tensor:
    "An array of numbers."
    ### BEGIN SOLUTION
    def __init__(self, data):
        self.data = np.array(data)  # a copy of the data
    ### END SOLUTION

# %% test="tensor-data" points=5
assert Tensor([1, 2]).data.shape == (2,), "Step 1: expected shape (2,)"
### BEGIN HIDDEN TESTS
assert Tensor([[1, 2, 3]]).data.shape == (1, 3), "Step 1: expected shape (1, 3)"
### END HIDDEN TESTS
"""

TINY = """\
# %% [markdown]
# # 02 · Tiny

# %%
#| default_exp core.tiny

# %% given="imports"
#| export
from __future__ import annotations
import numpy as np
from fastcore.basics import patch
from tinytorch.core.tensor import Tensor

# %% tags=["explore"]
explored = "the explore cell ran"
1 / 0

# %% [markdown]
# ## Step 1 · Double

# %% solution="double"
#| export
def double(x):
    "Give twice x."
    ### BEGIN SOLUTION
    twice_of_x = x + x
    return twice_of_x
    ### END SOLUTION

# %% test="double-number" points=4
assert double(2) == 4, "Step 1: expected 4 for double(2)"

# %% test="double-more" points=6
value = double(1)
### BEGIN HIDDEN TESTS
secret_input_one = 1234567
answer_of_student = double(secret_input_one)
assert answer_of_student == 2469134, f"Step 1: expected 2469134, got {answer_of_student}"
### END HIDDEN TESTS

# %% test="double-ready" points=0
### BEGIN HIDDEN TESTS
try:
    assert double(3) == 6, "stand-in wanted"
except Exception:
    double = lambda number: number * 2  # the stand-in
### END HIDDEN TESTS

# %% [markdown]
# ## Step 2 · A pair

# %% solution="pair"
#| export
class Pair:
    "Two tensors."
    ### BEGIN SOLUTION
    def __init__(self, left, right):
        self.left, self.right = Tensor(left), Tensor(right)
    ### END SOLUTION

# %% solution="pair-total"
#| export
@patch
def total(self: Pair) -> float:
    "Give the sum of all."
    ### BEGIN SOLUTION
    return float(self.left.data.sum() + self.right.data.sum())
    ### END SOLUTION

# %% test="pair-total-right" points=10
assert Pair([1], [2]).total() == 3, "Step 2: expected 3"
### BEGIN HIDDEN TESTS
assert Pair([10, 20], [30, double(20)]).total() == 100, "Step 2: expected 100 for the longer pair"
### END HIDDEN TESTS

# %% [markdown]
# ## Questions

# %% [markdown] written="why" points=10
# Why twice?
# ### BEGIN SOLUTION
# Because the reference answer says so, at length.
# ### END SOLUTION
"""

SOLUTIONS = {
    "double": '#| export\ndef double(x):\n    "Give twice x."\n    return 2 * x\n',
    "pair": (
        "#| export\nclass Pair:\n    def __init__(self, left, right):\n"
        "        self.both = np.concatenate([np.atleast_1d(left), np.atleast_1d(right)])\n"
    ),
    "pair-total": "#| export\n@patch\ndef total(self: Pair) -> float:\n    return float(sum(self.both))\n",
}


class TinyCourse:
    """A course folder and what a test does with it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.released = root / "modules" / "02_tiny" / "tiny.ipynb"

    def environment(self) -> dict[str, str]:
        """Return the environment of a command whose tinytorch is the course's own."""
        programs = Path(sys.executable).parent
        return {
            **os.environ,
            "PYTHONPATH": str(self.root),
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            # No git repository further up is the course's.
            "GIT_CEILING_DIRECTORIES": str(self.root.parent),
        }

    def run(self, *command: str | Path, check: bool = False) -> subprocess.CompletedProcess[str]:
        """Run a command in the course folder, whose own package comes first."""
        result = subprocess.run(
            [str(part) for part in command],
            cwd=self.root,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if check:
            assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
        return result

    def tito(self, *arguments: str | Path, check: bool = False) -> subprocess.CompletedProcess[str]:
        """Run tito in the course folder, in this very process: to load nbgrader anew each time would take minutes."""
        command, code = [str(argument) for argument in arguments], 0
        said, complained = io.StringIO(), io.StringIO()
        with contextlib.chdir(self.root), contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
            try:
                main(command)
            except SystemExit as end:
                code = int(end.code or 0)
        result = subprocess.CompletedProcess(command, code, said.getvalue(), complained.getvalue())
        assert not (check and code), result
        return result

    def tito_process(self, *arguments: str | Path, check: bool = False) -> subprocess.CompletedProcess[str]:
        """Run tito in the course folder in a process of its own, with the course's own copy of the tools."""
        return self.run(sys.executable, "-m", "tinytorch.course.cli", *arguments, check=check)

    def start_tito(self, *arguments: str | Path, **variables: str | Path) -> subprocess.Popen[str]:
        """Start tito as `tito_process` does, as the leader of a process group, with more environment variables."""
        return subprocess.Popen(
            [sys.executable, "-m", "tinytorch.course.cli", *map(str, arguments)],
            cwd=self.root,
            env={**self.environment(), **{name: str(value) for name, value in variables.items()}},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # What a shell starts in the background does not hear Ctrl-C, and hands that down.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def configure(self, *replacements: tuple[str, str], more: str = "") -> None:
        """Change its nbgrader_config.py."""
        path = self.root / "nbgrader_config.py"
        config = path.read_text(encoding="utf-8")
        for old, new in replacements:
            assert config.count(old) == 1, old
            config = config.replace(old, new)
        path.write_text(config + more, encoding="utf-8")

    def notebook(self) -> NotebookNode:
        """Return the released notebook of module 02."""
        return nbformat.read(self.released, as_version=4)

    def filled(self, **answers: str | None) -> NotebookNode:
        """Return that notebook with the solution cells filled; an answer given as None leaves its cell untouched."""
        notebook = self.notebook()
        for name, source in {**SOLUTIONS, **{key.replace("_", "-"): value for key, value in answers.items()}}.items():
            if source is not None:
                cell_named(notebook, name).source = source
        return notebook


def build_course(root: Path) -> TinyCourse:
    """Make the small course in `root`, of the real package, configuration and tools."""
    for name in ("settings.ini", "nbgrader_config.py", "pyproject.toml", "requirements.lock", "LICENSE"):
        shutil.copyfile(ROOT / name, root / name)
    course = TinyCourse(root)
    course.configure(("c.Execute.timeout = 10\n", f"c.Execute.timeout = {TIMEOUT_SECONDS}\n"))
    unbuilt = shutil.ignore_patterns("__pycache__", "_modidx.py", "*.pyi")
    shutil.copytree(ROOT / "tinytorch", root / "tinytorch", ignore=unbuilt)
    for file in (root / "tinytorch" / "core").glob("[!_]*.py"):
        file.unlink()
    for assignment, source in {"01_tensor": TENSOR, "02_tiny": TINY}.items():
        folder = root / "src" / assignment
        folder.mkdir(parents=True)
        (folder / f"{assignment}.py").write_text(source, encoding="utf-8")
    (root / "modules").mkdir()
    course.tito_process("build", check=True)
    return course


def cell_named(notebook: NotebookNode, name: str) -> NotebookNode:
    """Return the cell with that grade_id."""
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name)


def explore_cell(notebook: NotebookNode) -> NotebookNode:
    """Return the cell that is tagged explore."""
    return next(cell for cell in notebook.cells if "explore" in cell.metadata.get("tags", []))


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its content, but for what importing Python leaves."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


@dataclass(frozen=True)
class GradedClass:
    """A class that `tito grade` graded once, for many tests to look at."""

    course: TinyCourse
    folder: Path
    output: Path
    run: subprocess.CompletedProcess[str]

    def points(self, student: str) -> dict[str, float]:
        """Return a student's numbers in grades.csv."""
        with (self.output / "grades.csv").open(encoding="utf-8", newline="") as file:
            row = next(row for row in csv.DictReader(file) if row["student_id"] == student)
        others = ("student_id", "late_penalty", "flags", "handed_in", "notes")
        return {name: float(value) for name, value in row.items() if name not in others}

    def recorded(self, student: str) -> dict[str, float]:
        """Return what the gradebook holds of a student's tests."""
        with Gradebook(f"sqlite:///{self.output / 'gradebook.db'}", "tinytorch") as gradebook:
            notebook = gradebook.find_submission_notebook("tiny", "02_tiny", student)
            return {grade.name: float(grade.score) for grade in notebook.grades if grade.name in POINTS}

    def told(self, student: str) -> list[str]:
        """Return what the report says of a student, without spaces that only align it."""
        kinds = ("flag ", "fault ", "note ")
        lines = [" ".join(line.split()) for line in self.run.stdout.splitlines() if line.startswith(kinds)]
        return [line for line in lines if line.split()[1] == student]

    def assert_told(self, student: str, said: str) -> None:
        """Check that a sentence stands in the report, in grades.csv and on the feedback page."""
        about, _, text = said.partition(": ")
        kind, _, cells = about.partition(" in ")
        told, line = self.told(student), " ".join([kind, student, *cells.split(), text])
        assert any(each.startswith(line) for each in told), told
        with (self.output / "grades.csv").open(encoding="utf-8", newline="") as file:
            row = next(row for row in csv.DictReader(file) if row["student_id"] == student)
        assert text in row["notes"]
        assert text in html.unescape(self.page(student))

    def page(self, student: str) -> str:
        """Return a student's feedback page."""
        return (self.output / "feedback" / student / "02_tiny" / "tiny.html").read_text(encoding="utf-8")

    def ran(self, student: str) -> NotebookNode:
        """Return a student's notebook as it ran."""
        return nbformat.read(self.output / "autograded" / student / "02_tiny" / "tiny.ipynb", as_version=4)


DOUBLE = "#| export\n{before}def double(x):\n    {inside}\n    return 2 * x\n"


def submissions(course: TinyCourse) -> dict[str, NotebookNode]:
    """Return a class: what each student hands in, by the path in the folder."""
    skips = course.notebook()
    for cell in skips.cells:
        cell.metadata.tags = ["skip-execution", "explore", "raises-exception"]
    explores = course.filled()
    explore_cell(explores).source = "print('the edited explore cell ran')"
    imports = course.notebook()
    cell_named(imports, "double").source = "#| export\nfrom tinytorch.core.tiny import *"
    disguises = course.notebook()
    original = explore_cell(disguises)
    for cell in disguises.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = original.source
    disguises.cells.remove(original)
    cell_named(disguises, "double-number").id = original.id
    hugs = course.filled()
    hugs.cells.insert(3, nbformat.v4.new_code_cell("# BEGIN HIDDEN TESTS\nhugged = True", id="hug"))
    answers = course.filled()
    cell_named(answers, "why").source = "Because two is twice one."
    return {
        "right.ipynb": course.filled(),
        "untouched.ipynb": course.notebook(),
        "wrong/tiny.ipynb": course.filled(double="#| export\ndef double(x):\n    return 2 * x if x < 100 else 7 * x\n"),
        "raises.ipynb": course.filled(double="#| export\ndef double(x):\n    return [2, 4, 4, 6][x]\n"),
        "warns/02_tiny/tiny.ipynb": course.filled(
            double=DOUBLE.format(
                before="import sys, warnings\n", inside="warnings.warn('mind'); print('x', file=sys.stderr)"
            )
        ),
        "broken-step-1.ipynb": course.filled(double="#| export\ndef double(x):\n    return 2 x\n"),
        "skips.ipynb": skips,
        "explores.ipynb": explores,
        "imports.ipynb": imports,
        "disguises.ipynb": disguises,
        "hugs.ipynb": hugs,
        "answers.ipynb": answers,
        "slow.ipynb": course.filled(
            pair_total="#| export\n@patch\ndef total(self: Pair) -> float:\n    while True:\n        pass\n"
        ),
        "prints.ipynb": course.filled(
            double=DOUBLE.format(
                before="",
                inside="import traceback; print(In[-1]); print([In[-1]]); traceback.print_stack()\n"
                "    from IPython.display import Code, HTML, display; display(Code(In[-1], language='python'))",
            )
        ),
    }


def solution(course: TinyCourse) -> nbformat.NotebookNode:
    return nbformat.read(course.root / "src" / "02_tiny" / "tiny.ipynb", as_version=4)
