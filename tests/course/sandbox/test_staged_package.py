"""Staging: a graded kernel finds what the notebook stands on, and nothing that it builds."""

from __future__ import annotations

import compileall
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.tiny_course import TinyCourse, contents
from tinytorch.course.layout import Course
from tinytorch.course.sandbox.staged_package import stage_package, staged_environment


def test_the_stage_holds_earlier_modules_only(built_course: TinyCourse, tmp_path: Path) -> None:
    course = Course(built_course.root)
    stage_package(course, course.module("02"), tmp_path / "two")
    assert [name for name in contents(tmp_path / "two") if "core" in name] == [
        "tinytorch/core/__init__.py",
        "tinytorch/core/tensor.py",
    ]
    stage_package(course, course.module("01"), tmp_path / "one")
    assert [name for name in contents(tmp_path / "one") if "core" in name] == ["tinytorch/core/__init__.py"]


@pytest.mark.parametrize("name", ["tinytorch.core.tiny", "tinytorch.course", "tinytorch._modidx"])
def test_nothing_else_of_the_package_can_be_imported(built_course: TinyCourse, tmp_path: Path, name: str) -> None:
    """An editable install, which answers for every name below tinytorch, is what these tests run with."""
    course = Course(built_course.root)
    stage_package(course, course.module("02"), tmp_path)
    code = f"import tinytorch.core.tensor, {name}"
    result = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env=staged_environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"ModuleNotFoundError: No module named {name!r}" in result.stderr


def test_what_python_has_compiled_is_compiled_again_only_if_it_was_changed(
    built_course: TinyCourse, tmp_path: Path
) -> None:
    shutil.copytree(built_course.root, tmp_path / "course")
    course = Course(tmp_path / "course")
    compileall.compile_dir(course.root / "tinytorch", quiet=1)
    assert compiled_in_stage(course, tmp_path / "one") == []
    tensor = course.root / "tinytorch" / "core" / "tensor.py"
    tensor.write_text(tensor.read_text(encoding="utf-8") + "changed = True\n", encoding="utf-8")
    assert compiled_in_stage(course, tmp_path / "two") == ["tensor.py"]


def compiled_in_stage(course: Course, stage: Path) -> list[str]:
    """Stage module 02, import what it stands on, and give the names of the staged files that had to be compiled."""
    stage_package(course, course.module("02"), stage)
    hook = "lambda event, told: event == 'compile' and compiled.append(str(told[1]))"
    code = f"import sys; compiled = []; sys.addaudithook({hook}); import tinytorch.core.tensor, tinytorch.datasets"
    listed = f"{code}; print(*[file for file in compiled if file.startswith({str(stage)!r})])"
    ran = subprocess.run(
        [sys.executable, "-P", "-c", listed], env=staged_environment(stage), capture_output=True, text=True, check=True
    )
    return [Path(file).name for file in ran.stdout.split() if Path(file).name != "sitecustomize.py"]
