"""The notebooks themselves: complete, pleasant to read, and running from top to bottom."""

import copy
import re
import statistics
import symtable
from functools import cache
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from nbclient import NotebookClient

from tests.helpers.leaks import find_leaks, hidden_lines, solution_lines
from tinytorch.course.authoring.build import write_solution_notebook
from tinytorch.course.layout import Course
from tinytorch.course.notebook import EXPLORE, role_of, sections

COURSE = Course.find(Path(__file__).parent)
MODULES = pytest.mark.parametrize("module", COURSE.modules, ids=lambda module: module.assignment)
LONG = ("01", "05")  # the modules around them may be shorter


def least(module, for_long, for_short):
    return for_long if module.number in LONG else for_short


@cache  # only read by the tests
def solution(module):
    write_solution_notebook(module)
    return nbformat.read(module.solution_path, as_version=4)


def released(module):
    return nbformat.read(module.released_path, as_version=4)


def cells_by_step(notebook):
    steps = {}
    for section, cell in sections(notebook):
        if section.startswith("Step "):
            steps.setdefault(section, []).append(cell)
    return steps


@MODULES
def test_it_runs_from_top_to_bottom_and_draws(module, tmp_path):
    notebook = copy.deepcopy(solution(module))
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    shown = [output.get("data", {}).get("text/html", "") for output in outputs]
    # each picture has words for who cannot see it
    plots = [text for text in shown if re.search(r'<img alt="[^"]{20,}"', text)]
    assert not [output for output in outputs if "image/png" in output.get("data", {})]
    drawing = [cell for cell in notebook.cells if re.search(r"plots\.draw_|plt\.show|plt\.subplots", cell.source)]
    assert len(plots) >= len(drawing) > 0


@MODULES
def test_what_grading_runs_takes_no_name_from_what_it_skips(module):
    cells = [cell for cell in solution(module).cells if cell.cell_type == "code"]
    skipped = [cell.source for cell in cells if EXPLORE in cell.metadata.get("tags", [])]
    run = [cell.source for cell in cells if EXPLORE not in cell.metadata.get("tags", [])]
    bound, read = global_names(run)
    assert skipped
    assert (global_names(skipped)[0] - bound) & read == set()


def test_a_name_that_only_a_skipped_cell_binds_is_seen_where_it_is_read():
    bound, read = global_names(
        ["table = [1]\nimport os.path as paths", "def show():\n    rows = table\n    return rows"]
    )
    assert bound == {"table", "paths", "show"}
    assert read == {"table"}


def global_names(sources):
    """Return the names that cells bind for all cells, and those of them or of others that they read."""
    bound, read = set(), set()
    for source in sources:
        tables = [symtable.symtable(TransformerManager().transform_cell(source), "cell", "exec")]
        while tables:
            table = tables.pop()
            tables += table.get_children()
            for symbol in table.get_symbols():
                is_module_s = table.get_type() == "module"
                if (is_module_s or symbol.is_global()) and symbol.is_referenced():
                    read.add(symbol.get_name())
                if (is_module_s or symbol.is_declared_global()) and (symbol.is_assigned() or symbol.is_imported()):
                    bound.add(symbol.get_name())
    return bound, read


@MODULES
def test_its_tests_sum_to_100_points_in_many_cells(module):
    points = [cell.metadata.nbgrader.points for cell in solution(module).cells if role_of(cell) == "test"]
    assert sum(points) == 100
    assert sum(point > 0 for point in points) >= least(module, 20, 15)


@MODULES
def test_it_leaks_no_solution_and_no_hidden_test(module):
    notebook = solution(module)
    secrets = hidden_lines(notebook) | solution_lines(notebook)
    assert len(secrets) > 20
    assert find_leaks(secrets, module.released_path.read_text(encoding="utf-8")) == []
    assert sorted(path.name for path in module.released_path.parent.iterdir()) == [module.notebook_name]


@MODULES
def test_every_step_has_solution_tests_hidden_tests_and_a_hint(module):
    steps = cells_by_step(solution(module))
    assert len(steps) >= least(module, 5, 4)
    for step, cells in steps.items():
        roles = [role_of(cell) for cell in cells]
        text = "\n".join(cell.source for cell in cells)
        assert "solution" in roles, step
        assert roles.count("test") >= 3, step
        assert "BEGIN HIDDEN TESTS" in text, step
        assert "<details><summary>Hint</summary>" in text, step


@MODULES
def test_it_has_a_profile_that_is_graded_and_drawings_that_are_not(module):
    cells = solution(module).cells
    profiles = [cell for cell in cells if role_of(cell) == "test" and re.search(r"^# .*profile", cell.source, re.I)]
    assert sum(cell.metadata.nbgrader.points for cell in profiles) > 0
    drawing = [cell for cell in cells if re.search(r"plots\.draw_|plt\.show|plt\.subplots", cell.source)]
    assert all("explore" in cell.metadata.get("tags", []) for cell in drawing)


def test_every_step_of_05_has_a_graded_profile_and_a_cell_that_draws():
    for step, cells in cells_by_step(solution(COURSE.module("05"))).items():
        tests = [cell.source for cell in cells if role_of(cell) == "test"]
        assert sum("# Profile " in source for source in tests) == 1, step
        assert any("plots.draw_" in cell.source and "explore" in cell.metadata.get("tags", []) for cell in cells), step


@MODULES
def test_no_graded_cell_reads_a_clock_or_ends_in_an_expression(module):
    import ast

    for cell in solution(module).cells:
        if role_of(cell) == "test":
            assert not re.search(r"\b(time\.|perf_counter|seconds_per_call|throughput)", cell.source), cell.id
            body = ast.parse(cell.source).body
            assert not body or not isinstance(body[-1], ast.Expr), cell.id


@MODULES
def test_every_assert_says_which_step_or_question_to_look_at(module):
    import ast

    for cell in solution(module).cells:
        if role_of(cell) == "test":
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.Assert):
                    assert node.msg is not None, cell.id
                    assert re.search(r"(Step|Question) \d", ast.unparse(node.msg)), ast.unparse(node)


@MODULES
def test_it_reads_like_a_conversation(module):
    notebook = released(module)
    code = [len(cell.source.splitlines()) for cell in notebook.cells if cell.cell_type == "code"]
    prose = [len(cell.source.split()) for cell in notebook.cells if cell.cell_type == "markdown"]
    assert statistics.median(code) <= 8
    assert sum(lines < 25 for lines in code) >= 0.9 * len(code)
    assert statistics.median(prose) <= 45


@MODULES
def test_no_line_of_code_is_wider_than_100_characters(module):
    lines = [line for cell in released(module).cells if cell.cell_type == "code" for line in cell.source.splitlines()]
    wide = [line for line in lines if len(line) > 100]
    assert not wide, wide


def test_the_prose_of_05_comes_in_small_portions():
    cells = released(COURSE.module("05")).cells
    words = sorted(len(cell.source.split()) for cell in cells if cell.cell_type == "markdown")
    assert statistics.median(words) <= 40
    assert words[int(0.9 * len(words))] <= 80
    assert words[-1] <= 110
