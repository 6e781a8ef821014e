"""Which module, and which notebook of it, the user of a command means."""

from __future__ import annotations

from pathlib import Path

from tinytorch.course.handin.read_file import open_notebook
from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.notebook import exported_module, grade_ids, module_by_path, module_of


def find_notebook(course: Course, name: str) -> tuple[Module, Path]:
    """Return the module and the notebook that are meant by a module's name or a notebook's path.

    Raises:
        CourseError: there is no such module or file, or the file belongs to no module.
    """
    path = Path(name)
    if path.suffix != ".ipynb":
        module = course.module(name)
        return module, module.released_path
    notebook, _ = open_notebook(path)
    found = module_by_path(course.modules, path.resolve())
    if found is None:  # what it exports to says so at once; for its cells' names, all released notebooks are read
        exported = exported_module(notebook)
        found = next((module for module in course.modules if module.name == exported), None)
    found = found or module_of(course, path.resolve(), grade_ids(notebook))
    if found is None:
        raise CourseError(f"{path} is not a notebook of this course: give one that was made from modules/.")
    return found, path
