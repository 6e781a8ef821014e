"""Writing whole files: a reader sees the old file or the new one, never half of one."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

PART = ".tinytorch-part"  # suffix of what is still being written; nbgrader_config.py and .gitignore ignore it


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside `path`, then rename it to `path` in one step; make its folder if there is none.

    Raises:
        OSError: the disk is full, or writing is not permitted; the old file stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", suffix=PART, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # after a power failure the name never stands for half the content
        # mkstemp makes a private file; this one gets the permissions of any new file.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(beside, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~mask)
        os.replace(beside, path)
    except BaseException as error:
        Path(beside).unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = str(path)
        raise


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook the way JupyterLab does."""
    write_whole(path, (nbformat.writes(notebook).rstrip("\n") + "\n").encode("utf-8"))


def remove_parts(folder: Path) -> None:
    """Remove what a killed process left half written in a folder and below it."""
    for part in folder.rglob(f".*{PART}"):
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)
