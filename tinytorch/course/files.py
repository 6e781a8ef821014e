"""Writing files whole: a reader sees the old file or the new one, never half of either."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there in one step; its folder is made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # mkstemp's files are private; give this one the permissions that any new file gets.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(beside, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~mask)
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook the way JupyterLab does."""
    write_whole(path, (nbformat.writes(notebook).rstrip("\n") + "\n").encode("utf-8"))
