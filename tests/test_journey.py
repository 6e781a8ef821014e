"""A student's way through the course: nothing is exported at first, and in the end a model trains on what was."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from corpus import answers_of, read_corpus

from tinytorch.course.layout import Course, Module

ROOT = Path(__file__).resolve().parent.parent
MODULES = Course(ROOT).modules


def in_folder(folder: Path, *arguments: str) -> str:
    """Run Python in a course folder, with the tinytorch that is there; give what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, *arguments]
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{' '.join(arguments)}:\n{ran.stdout}{ran.stderr}"
    return ran.stdout


def answered(module: Module, which: int) -> nbformat.NotebookNode:
    """Give the notebook of a module with right answers that are not the reference's."""
    own = [
        each.notebook
        for each in read_corpus(module)
        if each.name.startswith("correct_") and each.name != "correct_reference"
    ]
    return own[which % len(own)]


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a student has at first: notebooks and tools, no solution and nothing exported."""
    folder = tmp_path_factory.mktemp("student")
    for name in ("nbgrader_config.py", "settings.ini"):
        shutil.copyfile(ROOT / name, folder / name)
    shutil.copytree(ROOT / "modules", folder / "modules")
    shutil.copytree(ROOT / "tinytorch", folder / "tinytorch", ignore=shutil.ignore_patterns("core", "__pycache__"))
    (folder / "tinytorch" / "_modidx.py").unlink()
    (folder / "tinytorch" / "core").mkdir()
    shutil.copyfile(ROOT / "tinytorch" / "core" / "__init__.py", folder / "tinytorch" / "core" / "__init__.py")
    return folder


def test_from_notebooks_alone_to_a_model_that_reads_digits(student: Path) -> None:
    for module in MODULES:
        notebook = student / module.released_path.relative_to(ROOT)
        nbformat.write(answered(module, 0), notebook)
        checked = in_folder(student, "-m", "tinytorch.course.cli", "check", module.number)
        assert "fail" not in checked, checked
        in_folder(student, "-m", "tinytorch.course.cli", "export", module.number)
        exported = student / module.core_path.relative_to(ROOT)
        assert exported.read_bytes() != module.core_path.read_bytes()


def test_an_optional_step_may_stay_as_it_was_released(student: Path) -> None:
    tensor, loader = Course(ROOT).module("01"), Course(ROOT).module("05")
    left_out = "correct_without_the_optional_step"
    for module, notebook in ((tensor, answered(tensor, 0)), (loader, read_corpus(loader, [left_out])[0].notebook)):
        nbformat.write(notebook, student / module.released_path.relative_to(ROOT))
        in_folder(student, "-m", "tinytorch.course.cli", "export", module.number)
    released = {cell.id: cell.source for cell in nbformat.read(loader.released_path, as_version=4).cells}
    assert "OPTIONAL" in released["get-batch"]
    assert released["get-batch"] == answers_of(notebook)["get-batch"].rstrip()
    code = (
        "from tinytorch import DataLoader, Tensor, TensorDataset\n"
        "assert not hasattr(TensorDataset, 'get_batch')\n"
        "print([batch.data.tolist() for (batch,) in DataLoader(TensorDataset(Tensor([1, 2, 3])), 2)])"
    )
    assert in_folder(student, "-c", code) == "[[1, 2], [3]]\n"
