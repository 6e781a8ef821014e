"""Writing files whole: a reader sees the old file or the new one, never half of either."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

PART = ".tinytorch-part"  # the end of the name of what is being written; nbgrader_config.py and .gitignore know it


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there in one step; its folder is made if need be.

    Raises:
        OSError: there is no room for it, or no right; the old file is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", suffix=PART, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # where the power fails, the name is never there before the content
        # mkstemp's files are private; give this one the permissions that any new file gets.
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
    """Remove from below a folder what was being written when its writer was killed."""
    for part in folder.rglob(f".*{PART}"):
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)
