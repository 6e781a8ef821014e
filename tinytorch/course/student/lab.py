"""Opening JupyterLab, on a module or on the whole folder: without pop-ups, and with locked cells that look locked."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import chdir
from pathlib import Path

from tinytorch.course.configuration import REFUSE_VARIABLE
from tinytorch.course.layout import Course, CourseError, Module

SETTINGS = Path(__file__).parent / "jupyter"  # folders as JUPYTER_CONFIG_PATH takes them
FOR_STUDENTS, FOR_EVERYONE = SETTINGS / "student", SETTINGS / "everyone"


def lab_environment(course: Course, settings: Sequence[Path]) -> dict[str, str]:
    """Return the environment variables for JupyterLab, which hands them on to its kernels and terminals.

    With them these import the tinytorch of this course, even if another one is installed, and find `tito`.
    """
    return {
        "JUPYTER_CONFIG_PATH": _before("JUPYTER_CONFIG_PATH", *settings),
        "PYTHONPATH": _before("PYTHONPATH", course.root),
        "PATH": _before("PATH", Path(sys.executable).parent),
        REFUSE_VARIABLE: "1",  # for Formgrader, and for `nbgrader` in a terminal
    }


def open_lab(course: Course, module: Module | None, options: Sequence[str] = ()) -> None:
    """Open JupyterLab, and return when it is shut down; `options` are JupyterLab's own.

    With a module it opens that module's notebook, as a student sees it; without one, the course's folder.
    """
    if module and not module.released_path.is_file():
        raise CourseError(f"{module.released_path} is missing: get a fresh copy of the course.")
    settings = [FOR_STUDENTS, FOR_EVERYONE] if module else [FOR_EVERYONE]
    os.environ.update(lab_environment(course, settings))
    from jupyterlab.labapp import LabApp  # reads the environment

    opened = f"/lab/tree/{module.released_path.relative_to(course.root).as_posix()}" if module else "/lab"
    with chdir(course.root):
        LabApp.launch_instance([f"--LabApp.default_url={opened}", *options])


def _before(variable: str, *folders: Path) -> str:
    """Return the value of a variable that lists paths, with these folders in front."""
    return os.pathsep.join([*map(str, folders), *filter(None, [os.environ.get(variable)])])
