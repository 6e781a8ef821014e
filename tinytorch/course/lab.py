"""JupyterLab on a module, as a student sees it: no pop-ups, no instructor's tools, and locked cells look it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import chdir
from pathlib import Path

from tinytorch.course.layout import Course, CourseError, Module

SETTINGS = Path(__file__).parent / "jupyter"


def lab_environment(course: Course) -> dict[str, str]:
    """Give what JupyterLab finds in its environment, and each kernel and terminal in it.

    They import the tinytorch of this course, wherever another one may be installed, and find `tito`.
    """
    return {
        "JUPYTER_CONFIG_PATH": _before("JUPYTER_CONFIG_PATH", SETTINGS),
        "PYTHONPATH": _before("PYTHONPATH", course.root),
        "PATH": _before("PATH", Path(sys.executable).parent),
    }


def open_lab(course: Course, module: Module, options: Sequence[str] = ()) -> None:
    """Open a module's notebook in JupyterLab, and return when that is shut down; `options` are JupyterLab's own."""
    if not module.released_path.is_file():
        raise CourseError(f"{module.released_path} is missing: get a fresh copy of the course.")
    os.environ.update(lab_environment(course))
    from jupyterlab.labapp import LabApp  # reads the environment

    notebook = module.released_path.relative_to(course.root).as_posix()
    with chdir(course.root):
        LabApp.launch_instance([f"--LabApp.default_url=/lab/tree/{notebook}", *options])


def _before(variable: str, folder: Path) -> str:
    """Give the value of a variable that holds paths, with one more in front."""
    return os.pathsep.join([str(folder), *filter(None, [os.environ.get(variable)])])
