"""Which isolation grading uses, and whether it works on this machine.

`bubblewrap` is the sandbox. `limits` sets limits on memory, time, files and output, and does not protect from code that
means harm, which can read and write what the grader can. `none` is for a student's own check.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from typing import Any

from tinytorch.course.layout import CourseError
from tinytorch.course.sandbox.bubblewrap import HOME, filter_file, other_user, sandboxed
from tinytorch.course.sandbox.environment import clean_environment
from tinytorch.course.sandbox.limits import Limits

ISOLATIONS = ("bubblewrap", "limits", "none")
HOW_TO = (
    'install it with `apt-get install bubblewrap`, or choose `c.ExecuteStaged.isolation = "limits"` in '
    "nbgrader_config.py (for one run: `tito grade --isolation limits`), which protects from accidents only"
)
TRIAL_LIMITS = Limits.of_submission(memory_gigabytes=1, submission_seconds=60)  # of a Python that does nothing
LIMITS_WARNING = (
    'warning: isolation is "limits": submissions run with your own rights to files and network, '
    "so grade only code that you trust."
)


def check_isolation(isolation: str) -> str:
    """Return a warning if the chosen isolation protects from accidents only, "" if it protects.

    Raises:
        CourseError: there is no such isolation, or it does not work on this machine.
    """
    if isolation not in ISOLATIONS:
        raise CourseError(f"There is no isolation {isolation!r}: choose bubblewrap or limits.")
    if isolation == "bubblewrap" and (reason := _sandbox_fails()):
        raise CourseError(f"submissions can't be graded safely: {reason}; {HOW_TO}.")
    return LIMITS_WARNING if isolation == "limits" else ""


def stop_without_isolation(isolation: str, **about: Any) -> None:
    """Stop `nbgrader autograde` with one sentence, before it changes anything, if submissions can't be isolated.

    nbgrader calls this before each submission. It would only log an exception, and go on with the next submission.
    """
    try:
        warning = check_isolation(isolation)
    except CourseError as error:
        sys.exit(f"nbgrader: {error}")
    if warning:
        _warn_once(warning)


@functools.cache
def _warn_once(warning: str) -> None:
    print(warning, file=sys.stderr)


def _sandbox_fails() -> str:
    """Return why the sandbox does not work here, "" if it does: Python is run in it to find out."""
    bubblewrap = shutil.which("bwrap")
    return _trial(bubblewrap) if bubblewrap else "bubblewrap is not installed"


@functools.cache
def _trial(bubblewrap: str) -> str:
    descriptor = filter_file()
    trial = sandboxed([sys.executable, "-c", "import encodings"], [], other_user(), TRIAL_LIMITS, descriptor)
    environment = clean_environment(HOME, HOME, "")
    try:
        run = subprocess.run(
            trial, env=environment, capture_output=True, text=True, cwd="/", pass_fds=(descriptor,), check=False
        )
    except OSError as error:
        return f"bubblewrap can't be started ({error})"
    finally:
        os.close(descriptor)
    if run.returncode == 0:
        return ""
    return f"bubblewrap can't make its sandbox ({(run.stderr.strip().splitlines() or ['no reason given'])[-1]})"
