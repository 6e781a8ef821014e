"""Flagged submissions: their points are held back until a person has looked, and counted once one has."""

from __future__ import annotations

import csv
import symtable
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.helpers.tiny_course import TinyCourse
from tinytorch.course.layout import Course
from tinytorch.course.notebook import read_notebook, role_of
from tinytorch.course.verdict.read_cell import ReadCell, given_names
from tinytorch.course.verdict.tampering import cells_of_answers, findings
from tinytorch.course.verdict.tampering_rules import RULES

MODULE = Course.find(Path(__file__).parent).module("05")
GIVEN = given_names([cell.source for cell in read_notebook(MODULE.released_path).cells if role_of(cell) == "given"])
IDS = {rule.why: rule for rule in RULES}
FLAGGED = [pytest.param(rule, source, id=f"{rule.why}-{source}") for rule in RULES for source in rule.flagged]
HARMLESS = [pytest.param(rule, source, id=f"{rule.why}-{source}") for rule in RULES for source in rule.harmless]


def found(source: str, is_solution: bool) -> list[str]:
    return [finding.why for finding in findings(source, GIVEN, MODULE.name, is_solution)]


@pytest.mark.parametrize(("rule", "source"), FLAGGED)
def test_a_rule_finds_what_it_is_for(rule, source: str) -> None:
    assert rule.why in found(source, is_solution=True)
    assert (rule.why in found(source, is_solution=False)) != rule.answers_only


@pytest.mark.parametrize(("rule", "source"), HARMLESS)
def test_no_rule_finds_anything_in_a_harmless_cell(rule, source: str) -> None:
    assert found(source, is_solution=False) == []
    if not rule.answers_only:
        assert rule.why not in found(source, is_solution=True)


def test_every_rule_has_both_kinds_of_examples() -> None:
    assert all(rule.flagged and rule.harmless for rule in RULES)
    assert len(IDS) == len(RULES)


# One cell for each form in which Python binds names, besides those in the table
FORMS = [
    *[source for source in IDS["replaces what was given"].flagged if source[0] not in "%!e"],
    "a = b = c, *d = e, f = 1, 2",
    "def f(x, /, y=(z := 1), *args, k=2, **more):\n    w = 1\n    global g\n    g = 1",
    "def f():\n    def h():\n        global i\n        i = 1",
    "class A(b := object):\n    x = 1\n    def m(self):\n        y = 1\n    global q\n    q = 2",
    "x = [y for y in range(3) if (z := y)]\nw = lambda a, b=(v := 2): (c := a)",
    "import a.b.c, d.e as f\nfrom g import h as i, j",
    "async def f():\n    async for x in y: pass\n    async with a as b: pass",
    "try: pass\nexcept* E as error: pass",
    "x: int\ny: int = 3\nz.w: int = 3",
    "x += 1\nx.y += 1\nx[0] = y[1] = 2\ndel a, b.c, d[0]",
]


@pytest.mark.parametrize("source", FORMS)
def test_the_names_that_a_cell_binds_are_those_that_python_binds(source: str) -> None:
    """`symtable` is Python's own account; it says no line."""

    def bound(table: symtable.SymbolTable, declared_only: bool) -> set[str]:
        names = {
            symbol.get_name()
            for symbol in table.get_symbols()
            if (symbol.is_assigned() or symbol.is_imported()) and (not declared_only or symbol.is_declared_global())
        }
        return names.union(*(bound(child, True) for child in table.get_children()))

    annotated_only = {"x"} if source.startswith("x: int") else set()
    mine = {binding.name for binding in ReadCell(source, {}).bindings}
    assert mine - annotated_only == bound(symtable.symtable(source, "cell", "exec"), False) - annotated_only


def test_a_finding_quotes_the_line_as_the_student_wrote_it() -> None:
    cell = "\n%%time\n# mine\n%time x = 1\nnp.array_equal = lambda *a: True"
    assert [finding.line for finding in findings(cell, GIVEN)] == ["np.array_equal = lambda *a: True"]


@pytest.mark.parametrize("end", ["\u2028", "\x0c", "\x1c", "\x85"])
def test_a_finding_quotes_its_line_below_a_text_with_what_ends_no_line_of_python(end: str) -> None:
    for source in (f"text = 'a{end}b'\nnp.stack = X()\ny = 1", f"%%time\ntext = 'a{end}b'\nnp.stack = X()\ny = 1"):
        assert [finding.line for finding in findings(source, GIVEN)] == ["np.stack = X()"]


def test_given_cells_may_hold_what_only_ipython_reads() -> None:
    assert given_names(["%matplotlib inline\nimport numpy as np", "%%capture\ndef peak(): pass"]) == {
        "np": "numpy",
        "peak": "given.peak",
    }


def test_a_cell_whose_function_an_answer_calls_is_part_of_the_answer() -> None:
    def cell(source: str, **role: bool) -> nbformat.NotebookNode:
        return nbformat.v4.new_code_cell(source, metadata={"nbgrader": role} if role else {})

    deep = cell("def deep():\n    return 1")
    helper = cell("def helper():\n    return deep()")
    other = cell("def other():\n    return helper()")
    answer = cell("def collate(batch):\n    other = 1\n    return helper()", solution=True, grade=False)
    assert cells_of_answers([deep, helper, other, answer], {}) == [answer, helper, deep]


@pytest.mark.parametrize(
    "source", ["this is no Python", "", "%%bash\nrm -rf x", "1" + "+1" * 3000, "%time", "%%", "\0"]
)
def test_a_cell_of_any_kind_is_read_without_an_error(source: str) -> None:
    assert findings(source, GIVEN) == []


def test_a_flagged_submission_waits_for_a_person_and_then_counts(course: TinyCourse, tmp_path) -> None:
    folder, output = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    notebook = course.filled()
    notebook.cells.append(nbformat.v4.new_code_cell("print(In[-1])"))
    nbformat.write(notebook, folder / "odd.ipynb")

    def grade(*options: str) -> float:
        course.tito("grade", folder, "--module", "02", "--output", output, *options)
        with (output / "grades.csv").open(encoding="utf-8", newline="") as file:
            return float(next(csv.DictReader(file))["points"])

    assert grade() == 0
    page = (output / "feedback" / "odd" / "02_tiny" / "tiny.html").read_text(encoding="utf-8")
    assert "held back until a person has looked at this submission: `print(In[-1])` reads the source of cells" in page
    with Gradebook(f"sqlite:///{output / 'gradebook.db'}") as gradebook:
        notebook_record = gradebook.find_submission_notebook("tiny", "02_tiny", "odd")
        written = {cell.name for cell in notebook_record.notebook.solution_cells}
        tests = [grade for grade in notebook_record.grades if grade.max_score > 0 and grade.name not in written]
        assert tests
        assert all(grade.needs_manual_grade for grade in tests)
    assert grade("--trust", "odd") == 20
    assert grade() == 20  # the look holds for these answers, and need not be told again
    notebook.cells.append(nbformat.v4.new_code_cell("another = 'answer'"))
    nbformat.write(notebook, folder / "odd.ipynb")
    assert grade() == 0
