"""Reading nbgrader_config.py, which is a program: one that cannot be run is refused.

Plain nbgrader, 0.9.6 with traitlets 5.16.1, would log the error, drop the whole file and go on with its defaults, which
release the hidden tests. With the environment variable `REFUSE_VARIABLE` it stops instead.
"""

from __future__ import annotations

import traceback
from pathlib import Path

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from tinytorch.course.error_text import error_line
from tinytorch.course.layout import Course, CourseError
from tinytorch.course.moved import refuse_old_paths

FILE = "nbgrader_config.py"
# Jupyter's commands stop at a configuration file that cannot be run if this is "1" before they import traitlets.
REFUSE_VARIABLE = "TRAITLETS_APPLICATION_RAISE_CONFIG_FILE_ERROR"


def load_config(course: Course) -> Config:
    """Read nbgrader_config.py.

    Raises:
        CourseError: the file is missing, cannot be run, or names something by an old path.
    """
    path = course.root / FILE
    if not path.is_file():
        raise CourseError(f"{path} is missing: copy it from the course's repository.")
    try:
        config = Config(PyFileConfigLoader(path.name, path=str(path.parent)).load_config())
    except CourseError:
        raise
    except Exception as error:  # the file is a program; where it ends the process, it has said why
        raise CourseError(
            f"{path}{_line_of(error, path)} cannot be run ({error_line(type(error).__name__, error)}): correct it, "
            "or compare it with the file of that name in the course's repository."
        ) from None
    refuse_old_paths(config, path)
    return config


def _line_of(error: BaseException, path: Path) -> str:
    """Return ", line 3" for the line of a Python file that an error comes from, nothing if it comes from elsewhere."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    if isinstance(error, SyntaxError) and error.filename == str(path):
        lines.append(error.lineno)
    return f", line {lines[-1]}" if lines else ""
