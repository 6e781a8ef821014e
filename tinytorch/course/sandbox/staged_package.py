"""The staged package: tinytorch as a graded kernel sees it, with what this notebook uses and nothing that it builds.

While module 05 is graded, `tinytorch.core` holds modules 01 to 04 as the course wrote them. Module 05 and later ones,
nbdev's index and the course tools are not there, so no answer can import the reference.
"""

from __future__ import annotations

import os
import shutil
from importlib.util import cache_from_source
from pathlib import Path

from tinytorch.course.layout import Course, Module

# An editable installation would find every module of `tinytorch`, also those that are not staged.
SITECUSTOMIZE = """\
import sys

sys.meta_path[:] = [finder for finder in sys.meta_path if "__editable__" not in getattr(finder, "__module__", "")]
"""
CACHE = "__pycache__"
# What graded kernels load when they start; a forked one has done so already
EXTENSION = Path(__file__).parent / "inside" / "no_commands.py"


def staged_sources(course: Course, module: Module) -> list[Path]:
    """Return the files of tinytorch that `module` may import."""
    package = course.root / "tinytorch"
    sources = [package / "__init__.py", package / "core" / "__init__.py"]
    for part in ("datasets", "profiling"):
        files = sorted(path for path in (package / part).rglob("*") if path.is_file())
        sources += [path for path in files if CACHE not in path.parts and path.suffix != ".pyi"]
    return [*sources, *course.core_before(module)]


def stage_package(course: Course, module: Module, stage: Path) -> None:
    """Copy into `stage` the part of tinytorch that `module` may import."""
    for source in staged_sources(course, module):
        copy = stage / source.relative_to(course.root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
        _copy_compiled(source, copy)
    shutil.copyfile(EXTENSION, stage / EXTENSION.name)
    (stage / "sitecustomize.py").write_text(SITECUSTOMIZE, encoding="utf-8")


def _copy_compiled(source: Path, copy: Path) -> None:
    """Copy what Python compiled a source to, if it has, with the time of change by which Python knows it again."""
    name = Path(cache_from_source(str(source))).name
    compiled = source.parent / CACHE / name
    if compiled.is_file():
        changed_ns = source.stat().st_mtime_ns
        os.utime(copy, ns=(changed_ns, changed_ns))
        (copy.parent / CACHE).mkdir(exist_ok=True)
        shutil.copyfile(compiled, copy.parent / CACHE / name)


def staged_environment(stage: Path) -> dict[str, str]:
    """Return the environment of a kernel that finds `tinytorch` in `stage`, and nowhere else."""
    return {**os.environ, "PYTHONPATH": str(stage)}
