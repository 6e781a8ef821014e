"""Finding every file below a folder that was handed in, and saying what kind of file each is; none is opened here.

Learning platforms, operating systems and editors leave files beside those of students. They are known by their names,
and counted by their kind. A link is not followed: it could lead to somebody else's work, or to the solutions.
"""

from __future__ import annotations

import enum
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# The kinds of leftovers, by what the name of a file, or of a folder that it is in, is, begins with or ends with
GIT, MACOS, WINDOWS = "git's own files", "macOS' own files", "Windows' own files"
CHECKPOINTS, PYTHON = "JupyterLab's checkpoints", "Python's caches and environments"
PAGES, BESIDE_NOTEBOOKS = "pages that a platform adds", "times and secrets of hand-ins"
RELEASED, HIDDEN, RESULTS = "released notebooks of a bundle", "hidden files", "results of `tito` and the course's files"
NAMES = {
    ".git": GIT,
    ".gitignore": GIT,
    ".gitattributes": GIT,
    "__macosx": MACOS,
    ".ds_store": MACOS,
    "thumbs.db": WINDOWS,
    "desktop.ini": WINDOWS,
    ".ipynb_checkpoints": CHECKPOINTS,
    "__pycache__": PYTHON,
    ".venv": PYTHON,
    ".mypy_cache": PYTHON,
    ".pytest_cache": PYTHON,
    "onlinetext.html": PAGES,
    "index.html": PAGES,
    "submission_metadata.yml": PAGES,
    "timestamp.txt": BESIDE_NOTEBOOKS,
    "submission_secret.txt": BESIDE_NOTEBOOKS,
    "received.txt": BESIDE_NOTEBOOKS,
    "handed_in.json": BESIDE_NOTEBOOKS,
    ".released": RELEASED,
}
BEGINNINGS = {"._": MACOS}
ENDINGS = {".pyc": PYTHON, ".egg-info": PYTHON}
# What `tito` writes into the folder of its results
RESULT_NAMES = {"submitted", "history", "autograded", "feedback", ".results", "report.html", "gradebook.db"}
RESULT_NAMES |= {"grades.csv", "canvas.csv", "nbgrader.csv", "gradebook.db-journal", "gradebook.db-wal"}
MARK_OF_RESULTS = ".results"  # a folder that holds this one is a folder of results

# dataloader.ipynb, and what browsers and systems make of it: dataloader.ipynb.txt, dataloader.ipynb (1)
NOTEBOOK = re.compile(r"\.ipynb(?:\.\w{1,5}| ?\(\d+\))?$", re.IGNORECASE)
PERHAPS_NOTEBOOK = ("", ".json", ".txt")  # endings of files that may hold a notebook; their content says whether


class Kind(enum.Enum):
    """What a file is, by its name and its first bytes."""

    NOTEBOOK = enum.auto()
    ZIP = enum.auto()
    OTHER = enum.auto()
    LEFTOVER = enum.auto()  # nobody handed it in
    REFUSED = enum.auto()  # it is not opened
    EMPTY = enum.auto()  # a folder with nothing in it


@dataclass(frozen=True)
class FoundFile:
    """A file below a folder of hand-ins."""

    path: Path
    parts: tuple[str, ...]  # its path below that folder; the name alone if the file itself was given
    kind: Kind
    why: str = ""  # of which kind a leftover is, or why a file is not opened
    full: tuple[str, ...] = ()  # `parts`, with the name of the given folder before them


def find_files(given: Path, own: Mapping[Path, str]) -> Iterator[FoundFile]:
    """Yield every file below a folder, sorted by path; of a file that is given, this one.

    Args:
        given: the folder, or one file.
        own: paths that are no hand-ins, and what they are; they are absolute and resolved.
    """
    if given.is_dir():
        yield from _below(given, (), own, "")
    else:
        yield _found(given, (given.name,), "")


def notebook_stem(name: str) -> str:
    """Return a notebook's name without its ending: "carol" for carol.ipynb, and for carol.ipynb.txt."""
    match = NOTEBOOK.search(name)
    return name[: match.start()] if match else Path(name).stem


def _below(folder: Path, parts: tuple[str, ...], own: Mapping[Path, str], leftover: str) -> Iterator[FoundFile]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield FoundFile(folder, parts, Kind.REFUSED, f"the folder cannot be opened ({error.strerror})")
        return
    if not entries and parts and not leftover:
        yield FoundFile(folder, parts, Kind.EMPTY)
    holds_results = any(entry.name == MARK_OF_RESULTS for entry in entries)
    real = folder.resolve() if own else folder
    for entry in entries:
        kind = leftover or own.get(real / entry.name, "") or _leftover(entry.name)
        if holds_results and entry.name in RESULT_NAMES:
            kind = RESULTS
        path, below = folder / entry.name, (*parts, entry.name)
        if entry.is_dir(follow_symlinks=False):
            yield from _below(path, below, own, kind)
        else:
            yield _found(path, below, kind)


def _found(path: Path, parts: tuple[str, ...], leftover: str) -> FoundFile:
    hidden_notebook = leftover == HIDDEN and NOTEBOOK.search(path.name)
    if leftover and not hidden_notebook:
        return FoundFile(path, parts, Kind.LEFTOVER, leftover)
    if path.is_symlink():
        return FoundFile(path, parts, Kind.REFUSED, "it is a link, which is not followed: put the file itself there")
    if not path.is_file():
        return FoundFile(path, parts, Kind.REFUSED, "it is no file that can be read")
    if hidden_notebook:
        return FoundFile(path, parts, Kind.REFUSED, "it is hidden (a name begins with a dot): rename it if it counts")
    if NOTEBOOK.search(path.name) or _holds_notebook(path):
        return FoundFile(path, parts, Kind.NOTEBOOK)
    return FoundFile(path, parts, Kind.ZIP if path.suffix.lower() == ".zip" else Kind.OTHER)


def _leftover(name: str) -> str:
    """Return the kind of leftover that a name stands for; nothing if it may be handed in."""
    low = name.lower()
    for table, fits in ((BEGINNINGS, low.startswith), (ENDINGS, low.endswith)):
        for part, kind in table.items():
            if fits(part):
                return kind
    return NAMES.get(low) or (HIDDEN if name.startswith(".") else "")


def _holds_notebook(path: Path) -> bool:
    """Whether a file with another ending is a notebook: JSON with a list of cells and nbformat's version."""
    if path.suffix.lower() not in PERHAPS_NOTEBOOK:
        return False
    try:
        with path.open("rb") as file:
            start = file.read(2000)
            if not start.lstrip().startswith(b"{"):
                return False
            file.seek(max(0, path.stat().st_size - 2000))
            end = file.read()
    except OSError:
        return False
    return b'"cells"' in start and b'"nbformat"' in start + end
