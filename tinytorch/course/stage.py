"""The package as a graded kernel sees it: what this notebook stands on, and nothing that it builds.

While module 05 is graded, `tinytorch.core` holds modules 01 to 04 as the course wrote them. Module 05 and later ones,
nbdev's index and the course tools are not there, so the reference cannot be imported in place of an answer.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tinytorch.course.layout import Course, Module

# An editable install answers for every name below `tinytorch`, also for those that the stage leaves out.
SITECUSTOMIZE = """\
import sys

sys.meta_path[:] = [finder for finder in sys.meta_path if "__editable__" not in getattr(finder, "__module__", "")]
"""


def stage_package(course: Course, module: Module, stage: Path) -> None:
    """Copy into `stage` the part of tinytorch that `module` may import."""
    package, copy = course.root / "tinytorch", stage / "tinytorch"
    (copy / "core").mkdir(parents=True)
    shutil.copyfile(package / "__init__.py", copy / "__init__.py")
    for part in ("datasets", "profiling"):
        if (package / part).is_dir():
            shutil.copytree(package / part, copy / part, ignore=shutil.ignore_patterns("__pycache__", "*.pyi"))
    shutil.copyfile(package / "core" / "__init__.py", copy / "core" / "__init__.py")
    for earlier in course.modules:
        if earlier < module and earlier.core_path.is_file():
            shutil.copyfile(earlier.core_path, copy / "core" / earlier.core_path.name)
    (stage / "sitecustomize.py").write_text(SITECUSTOMIZE, encoding="utf-8")


def staged_environment(stage: Path) -> dict[str, str]:
    """Give the environment of a kernel that finds `tinytorch` in `stage`, and nowhere else."""
    return {**os.environ, "PYTHONPATH": str(stage)}
