"""The corpus: small files that fill a module's solution cells, each with the points that it must get for every test.

A file is a literate source like a module's own. Its first cell says, as YAML:

    why: what is right or wrong about it, in one line
    base: reference (cells that the file does not give hold the solution) or untouched (they stay as released); those of
          an optional step stay as released, too
    loses: {test: points, ...}    what it loses of the full points; all other tests pass
    earns: {test: points, ...}    or what it earns, and all other tests fail
    tag_tests: [tag, ...]         tags that its author put on every test cell
    says: words | more words      what the first message of `tito check` contains, in small letters or capitals
    at: name                      the line or cell that it names: "line 3 of your cell `TensorDataset`"
"""

from __future__ import annotations

import copy
import functools
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import yaml
from nbformat import NotebookNode

from tinytorch.course.authoring.build import read_source
from tinytorch.course.authoring.clear_solutions import OPTIONAL
from tinytorch.course.layout import Course, Module
from tinytorch.course.notebook import grade_id, read_notebook, role_of

CORPUS = Path(__file__).parents[1] / "submissions"
SOLUTION_MARKS = ("### BEGIN SOLUTION", "### END SOLUTION")


@dataclass(frozen=True)
class Submission:
    """One file of the corpus: the notebook that its student hands in, and the points that it must get."""

    name: str
    why: str
    notebook: NotebookNode
    expected_points: dict[str, float]  # from each test's grade_id
    says: tuple[str, ...] = ()  # words of the first message of `tito check`
    at: str = ""  # the line or cell that this message names

    @property
    def expected_total(self) -> float:
        return sum(self.expected_points.values())


def read_corpus(module: Module, names: Collection[str] | None = None) -> list[Submission]:
    """Read the submissions to a module, all or those with these names, in the order of their names."""
    source, released = _read_module(module.source_path, module.released_path)
    paths = sorted((CORPUS / module.assignment).glob("*.py"))
    return [read_submission(source, released, path) for path in paths if names is None or path.stem in names]


@functools.cache
def _read_module(source: Path, released: Path) -> tuple[NotebookNode, NotebookNode]:
    """Return a module's source and its released notebook: to read, not to change."""
    return read_source(source.read_text(encoding="utf-8")), read_notebook(released)


def read_submission(source: NotebookNode, released: NotebookNode, path: Path) -> Submission:
    header, *cells = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent").cells
    facts: dict[str, Any] = yaml.safe_load(header.source)
    answers = reference_answers(source) if facts["base"] == "reference" else {}
    for cell in source.cells:
        if OPTIONAL in cell.metadata.get("tags", []):
            answers.pop(cell.metadata.nbgrader.grade_id, None)
    answers |= {cell.metadata["solution"]: cell.source for cell in cells}
    notebook = fill(copy.deepcopy(released), answers)
    for cell in notebook.cells:
        if role_of(cell) == "test" and "tag_tests" in facts:
            cell.metadata.tags = facts["tag_tests"]
    says = tuple(str(facts["says"]).split(" | ")) if "says" in facts else ()
    points = _expected_points(source, facts, path)
    return Submission(path.stem, facts["why"], notebook, points, says, str(facts.get("at", "")))


def reference_answers(source: NotebookNode) -> dict[str, str]:
    """Return the reference's solution of each cell by its grade_id, without the marks around the solution."""
    return {
        cell.metadata.nbgrader.grade_id: "\n".join(
            line for line in cell.source.splitlines() if line.strip() not in SOLUTION_MARKS
        )
        for cell in source.cells
        if role_of(cell) in ("solution", "written")
    }


def answers_of(notebook: NotebookNode) -> dict[str, str]:
    """Return the sources of a notebook's solution cells by grade_id: `fill`, undone."""
    return {grade_id(cell) or "": cell.source for cell in notebook.cells if role_of(cell) in ("solution", "written")}


def fill(released: NotebookNode, answers: dict[str, str]) -> NotebookNode:
    """Return a released notebook with `answers` in its solution cells, by grade_id."""
    unknown = set(answers) - {grade_id(cell) for cell in released.cells}
    if unknown:
        raise ValueError(f"there is no cell {sorted(unknown)} to fill in")
    for cell in released.cells:
        cell.source = answers.get(grade_id(cell) or "", cell.source)
    return released


def _expected_points(source: NotebookNode, facts: dict[str, Any], path: Path) -> dict[str, float]:
    full = {
        cell.metadata.nbgrader.grade_id: float(cell.metadata.nbgrader.points)
        for cell in source.cells
        if role_of(cell) == "test" and cell.metadata.nbgrader.points
    }
    named = {**facts.get("loses", {}), **facts.get("earns", {})}
    for test, points in named.items():
        if not 0 <= points <= full[test]:
            raise ValueError(f"{path}: {test} has {full[test]} points, not {points}")
    if "earns" in facts:
        return {test: float(facts["earns"].get(test, 0)) for test in full}
    return {test: points - facts.get("loses", {}).get(test, 0) for test, points in full.items()}


def write_class(module: Module, folder: Path, names: Collection[str] | None = None) -> list[Submission]:
    """Write the submissions' notebooks, all or those with these names, into `folder`, under their students' names."""
    folder.mkdir(parents=True, exist_ok=True)
    submissions = read_corpus(module, names)
    for submission in submissions:
        nbformat.write(submission.notebook, folder / f"{submission.name}.ipynb")
    return submissions


if __name__ == "__main__":
    write_class(Course.find().module(sys.argv[1]), Path(sys.argv[2]))
