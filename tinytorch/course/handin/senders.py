"""Who handed a file in, as its path says: a reader for each form in which files arrive.

A reader is a function from a file's path below the given folder to a `Sender`; `READERS` has them by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tinytorch.course.handin.found_files import notebook_stem


@dataclass(frozen=True)
class Sender:
    """What a path says of who handed a file in."""

    student: str  # the student's id; the file's own name in a folder that holds files of many
    inside: tuple[str, ...]  # the file's path below the student's own folder; nothing for a file that lies in none


Reader = Callable[[tuple[str, ...]], Sender]


def by_folder(parts: tuple[str, ...]) -> Sender:
    """Read alice.ipynb, bob/dataloader.ipynb and carol/anything/below: the first part is the student."""
    match parts:
        case (name,):
            return Sender(notebook_stem(name), ())
        case (student, *inside):
            return Sender(student, tuple(inside))
    raise ValueError("a path has at least one part")


READERS: dict[str, Reader] = {"folder": by_folder}
