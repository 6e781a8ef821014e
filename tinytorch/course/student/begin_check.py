"""Beginning a check: nothing is loaded that it does not need."""

from __future__ import annotations

import os

from tinytorch.course.layout import Course, Stopped


def check(notebook: str, step: int | None, watch: bool) -> bool:
    """Check a notebook, and return whether all steps that were checked pass; with `watch`, check until Ctrl-C.

    Raises:
        CourseError: there is nothing to check, or Ctrl-C stopped the check.
    """
    from tinytorch.course.patches import import_nbformat_later
    from tinytorch.course.sandbox.environment import ONE_THREAD

    import_nbformat_later()
    os.environ.update(ONE_THREAD)  # before NumPy is loaded: the tests run as they do when they are graded
    from tinytorch.course.handin.find_notebook import find_notebook
    from tinytorch.course.student.show_check import check_once, check_when_saved

    course = Course.find()
    module, path = find_notebook(course, notebook)
    if watch:
        check_when_saved(course, module, path, step)
        return True
    try:
        return check_once(course, module, path, step)
    except KeyboardInterrupt:
        raise Stopped("the check was stopped; the notebook is as it was.") from None
