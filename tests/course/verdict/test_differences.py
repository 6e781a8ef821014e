"""What grading does not have and a cell asks for is told to the student and the instructor."""

from __future__ import annotations

import html
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_output

from tests.helpers.hand_in import grade
from tests.helpers.tiny_course import TinyCourse
from tinytorch.course.verdict.differences import differences, left_out


@pytest.mark.parametrize(
    ("source", "commands"),
    [
        ("x = 1", []),
        ("!ls -l\n%pip install tqdm\nx = 5 % 3", ["!ls -l", "%pip install tqdm"]),
        ("names = !ls", ["!ls"]),
        ("if True:\n    !pip install tqdm", ["!pip install tqdm"]),
        ("%%bash\nls", ["%%bash"]),
        ("%matplotlib inline\n%timeit 1 + 1", []),
        ('text = """\n!ls\n%pip install x\n"""', []),
        ("import os\nos.system('ls!')", []),
        ("!ls {name}", ["!ls {name}"]),
        ("!" + "x" * 200, ["!" + "x" * 79]),
        ("!ls\nthis is no Python", []),
    ],
)
def test_the_commands_of_a_cell(source: str, commands: list[str]) -> None:
    assert left_out(source) == commands


def test_a_cell_of_plain_python_is_read_without_ipython() -> None:
    cell = "print(f'{x % 3:.1%}')\nassert shell.run(1) != 2"
    look = f"import sys; from tinytorch.course.verdict.differences import left_out; left_out({cell!r}); "
    ran = subprocess.run([sys.executable, "-c", f"{look}sys.exit('IPython' in sys.modules)"], timeout=120)
    assert ran.returncode == 0, "every worker would load IPython for a cell that needs none of it"


def test_magics_and_commands_in_an_answer_cost_nothing_and_are_noted(course: TinyCourse, tmp_path: Path) -> None:
    body = "def double(x):\n    return 2 * x\n"
    magics = f"#| export\n%matplotlib inline\n!ls\n%pip install tqdm\n{body}"
    missing = f"#| export\nimport pandas.core as pd\n{body}"
    nbformat.write(course.filled(double=magics), tmp_path / "magics.ipynb")
    nbformat.write(course.filled(double=missing), tmp_path / "missing.ipynb")
    newer = course.filled(double="#| export\ndef double[T](x: T) -> T:\n    return 2 * x +\n")  # for no Python at all
    newer.metadata.language_info = {"name": "python", "version": "3.99.1"}
    nbformat.write(newer, tmp_path / "newer.ipynb")
    graded = grade(course, tmp_path)
    own = f"3.{sys.version_info.minor}"
    graded.assert_told("newer", f"fault in double: this cell was written for Python 3.99 and graded with {own}, where")
    assert graded.points("magics")["points"] == 20
    why = "was left out, as grading has no programs and no network"
    graded.assert_told("magics", f"note in double: !ls {why}")
    graded.assert_told("magics", f"note in double: %pip install tqdm {why}")
    graded.assert_told("missing", "fault in double: this cell imports pandas, which grading does not have")
    page = html.unescape(graded.page("missing"))
    assert page.index("this cell imports pandas") < page.index('id="tests"')


@pytest.mark.parametrize(
    ("error", "written_for", "graded_with", "told"),
    [
        ("SyntaxError", "3.12.1", "3.11.7", True),
        ("ImportError", "3.13", "3.9.2", True),
        ("SyntaxError", "3.11.9", "3.11.7", False),
        ("SyntaxError", "3.9.2", "3.11.7", False),
        ("SyntaxError", "", "3.11.7", False),
        ("SyntaxError", "1.10", "3.11.7", False),
        ("ValueError", "3.12.1", "3.11.7", False),
    ],
)
def test_only_an_error_that_an_older_python_may_cause_is_laid_to_its_age(
    error: str, written_for: str, graded_with: str, told: bool
) -> None:
    outputs = [new_output("error", ename=error, evalue="", traceback=[])]
    assert bool(list(differences("x", outputs, written_for, graded_with))) == told
