"""Who may open the class's gradebook for writing: import-linter and ruff refuse everybody else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PROGRAMS = Path(sys.executable).parent
WRITES = "from tinytorch.course.gradebook.open_for_writing import open_for_writing\n"
OPENS_IT_ITSELF = [
    "from nbgrader.api import Gradebook\n",
    "import nbgrader.api\n\nGradebook = nbgrader.api.Gradebook\n",
]
CONTRACT = "only six files may open the class's gradebook for writing"


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A copy of the package and its configuration, in which a test plants something."""
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    shutil.copytree(ROOT / "tinytorch", tmp_path / "tinytorch", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def run(tools: Path, *command: str) -> subprocess.CompletedProcess[str]:
    program = [str(PROGRAMS / command[0]), *command[1:]]
    environment = {"PYTHONPATH": str(tools), "PATH": str(PROGRAMS), "HOME": str(tools)}
    return subprocess.run(program, cwd=tools, env=environment, capture_output=True, text=True, check=False)


def plant(tools: Path, name: str, line: str) -> None:
    file = tools / "tinytorch" / "course" / name
    source, first = file.read_text(encoding="utf-8"), "from __future__ import annotations\n"
    assert first in source
    file.write_text(source.replace(first, f"{first}\n{line}", 1), encoding="utf-8")


@pytest.mark.parametrize("name", ["reports/results.py", "grading/run.py", "gradebook/fast_rows.py", "cli.py"])
def test_a_file_that_may_not_write_cannot_import_what_opens_it_for_writing(tools: Path, name: str) -> None:
    plant(tools, name, WRITES)
    checked = run(tools, "lint-imports", "--no-cache")
    assert checked.returncode == 1
    assert f"{CONTRACT} BROKEN" in checked.stdout


def test_no_file_breaks_the_rule_now(tools: Path) -> None:
    assert f"{CONTRACT} KEPT" in run(tools, "lint-imports", "--no-cache").stdout


@pytest.mark.parametrize("line", OPENS_IT_ITSELF)
@pytest.mark.parametrize("name", ["reports/results.py", "grading/run.py", "gradebook/due_dates.py"])
def test_nbgrader_s_own_class_is_not_for_other_files(tools: Path, name: str, line: str) -> None:
    before = run(tools, "ruff", "check", "--no-cache", "--select", "TID251", f"tinytorch/course/{name}")
    assert before.returncode == 0, before.stdout
    plant(tools, name, line)
    checked = run(tools, "ruff", "check", "--no-cache", "--select", "TID251", f"tinytorch/course/{name}")
    assert checked.returncode == 1
    assert "TID251 `nbgrader.api.Gradebook` is banned" in checked.stdout
