"""Where the things of a course lie: its root, its modules, and each module's source, notebooks and package file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

MODULE_FOLDER = re.compile(r"^(\d\d)_([a-z][a-z0-9_]*)$")


class CourseError(Exception):
    """One sentence for the user: what is wrong, where, and what to do."""

    exit_code = 1


class Stopped(CourseError):
    """Ctrl-C, and how far it came."""

    exit_code = 130  # as of any program that it ends


@dataclass(frozen=True, order=True)
class Module:
    """One module of the course, such as 05_dataloader; modules sort in course order."""

    assignment: str  # the folder's name, which is also nbgrader's assignment id: "05_dataloader"
    root: Path

    @property
    def number(self) -> str:
        """Its place in the course: "05"."""
        return self.assignment[:2]

    @property
    def name(self) -> str:
        """What it is called in the package: "dataloader"."""
        return self.assignment[3:]

    @property
    def notebook_name(self) -> str:
        """The file name of its notebook, wherever it lies."""
        return f"{self.name}.ipynb"

    @property
    def source_path(self) -> Path:
        """The literate source that everything else is made from."""
        return self.root / "src" / self.assignment / f"{self.assignment}.py"

    @property
    def solution_path(self) -> Path:
        """The notebook with the solutions: generated, never committed, never handed out."""
        return self.root / "src" / self.assignment / self.notebook_name

    @property
    def released_path(self) -> Path:
        """The notebook that a student opens."""
        return self.root / "modules" / self.assignment / self.notebook_name

    @property
    def core_path(self) -> Path:
        """The package file that its cells are exported to."""
        return self.root / "tinytorch" / "core" / f"{self.name}.py"


@dataclass(frozen=True)
class Course:
    """A course folder: the one that holds settings.ini and nbgrader_config.py."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Course:
        """Give the course that `start` (the current folder, if not given) lies in, or raise `CourseError`."""
        start = (start or Path.cwd()).resolve()
        for folder in [start, *start.parents]:
            if (folder / "settings.ini").is_file() and (folder / "modules").is_dir():
                return cls(folder)
        raise CourseError(
            f"{start} is not inside a TinyTorch course (a folder with settings.ini and modules/): "
            "change into the course folder first."
        )

    @property
    def modules(self) -> list[Module]:
        """All modules in course order, read from the folders of src/ (the instructor's) and modules/ (a student's)."""
        folders = {path.name for parent in ("src", "modules") for path in (self.root / parent).glob("[0-9][0-9]_*")}
        return sorted(Module(name, self.root) for name in folders if MODULE_FOLDER.match(name))

    def module(self, name: str) -> Module:
        """Give one module by its number ("05"), name ("dataloader") or both ("05_dataloader")."""
        for module in self.modules:
            if name in (module.assignment, module.name, module.number) or name == module.number.lstrip("0"):
                return module
        known = ", ".join(module.assignment for module in self.modules)
        raise CourseError(f"There is no module {name!r}: choose one of {known}.")
