"""The table that says what is done with each file: a row for each, and counts of those that nobody has to look at."""

from __future__ import annotations

import enum
import shlex
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tinytorch.course.layout import STUDENT_ID, Module

if TYPE_CHECKING:
    from tinytorch.course.handin.sort_files import HandIn


class What(enum.Enum):
    """What is done with a file."""

    COUNTS = "counts"
    OLDER = "older"  # kept in history/
    SAME = "the same as another"
    PROBLEM = "cannot be read"  # what a student has instead of a notebook
    HELD = "held"  # until a person decides
    REFUSED = "not taken"
    OTHER_MODULE = "of another module"
    BESIDE = "beside a hand-in"

    @property
    def needs_a_person(self) -> bool:
        """Whether something that was handed in may be lost if nobody looks."""
        return self in (What.PROBLEM, What.HELD, What.REFUSED)


@dataclass(frozen=True)
class Row:
    """One file, and what is done with it."""

    path: Path
    what: What
    why: str = ""
    student: str = ""  # empty if the file is nobody's
    module: Module | None = None
    time: str = ""  # when it was handed in, and who says so

    @property
    def outcome(self) -> str:
        """What is done with the file, in a few words; `sentence` has all of them."""
        return self.what.value if self.what in (What.HELD, What.REFUSED) else self.why or self.what.value

    @property
    def sentence(self) -> str:
        """What is done with the file, and why, in a sentence that names the file."""
        return self.why if self.why.startswith(str(self.path)) else f"{self.path}: {self.why}"


@dataclass
class FileTable:
    """The rows and counts so far, and what a person has decided."""

    taken: Mapping[Path, str]  # files that a person has decided on, with resolved paths, and whose they are
    command: str  # what a sentence tells people to run, without the options that decide
    rows: list[Row] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(
        self, path: Path, what: What, why: str = "", student: str = "", module: Module | None = None, time: str = ""
    ) -> None:
        """Add a row."""
        self.rows.append(Row(path, what, why, student, module, time))

    def hold(self, each: HandIn, reason: str, student: str = "") -> None:
        """Add the row of a hand-in that is held, with the command that decides."""
        owner = each.group[0] if each.group else each.student
        whose = student or (owner if STUDENT_ID.match(owner) else "STUDENT")
        take = f"{self.command} --take {shlex.quote(f'{whose}={each.file.path}')}"
        why = f"{reason}: look at it; if it counts, say so with `{take}`"
        self.add(each.file.path, What.HELD, why, each.student, each.module, each.when)

    def is_for(self, each: HandIn) -> bool:
        """Whether a person has decided that it is this very student's."""
        return self.owner(each.file.path) == each.student

    def is_taken(self, each: HandIn) -> bool:
        """Whether a person has decided whose it is, and that it counts."""
        return bool(self.owner(each.file.path))

    def owner(self, path: Path, otherwise: str = "") -> str:
        """Return the student whose a file is, if a person has decided that."""
        return self.taken.get(path.resolve(), otherwise) if self.taken else otherwise
