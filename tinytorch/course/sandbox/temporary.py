"""The temporary files of a grading run: all in one folder, which the next run removes if this one was killed.

A run and the workers that it forks keep the folder locked; the lock ends with the last of them, however they end.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "tinytorch-run-"
KERNEL_PREFIX = "tinytorch-kernel-"
RANDOM_CHARACTERS = 8  # that `mkdtemp` adds
SOCKET_PATH_BYTES = 107  # of a Unix socket's path, at most
BELOW_KERNEL = len(f"/{KERNEL_PREFIX}") + RANDOM_CHARACTERS + len("/kernel-10")
BELOW_RUN = len(f"/{PREFIX}") + RANDOM_CHARACTERS + BELOW_KERNEL


def lock(path: Path) -> int | None:
    """Lock a file or folder and return its descriptor, or None if another process has it locked.

    The lock ends when the descriptor is closed, here and in each forked process.
    """
    import fcntl  # which Windows, where students work too, does not have

    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        if isinstance(error, BlockingIOError):
            return None
        raise
    return handle


def temporary_folder(below: int) -> str:
    """Return where temporary files go: /tmp if a socket's path, which is `below` bytes longer, would be too long."""
    folder = tempfile.gettempdir()
    return folder if len(os.fsencode(folder)) + below <= SOCKET_PATH_BYTES else "/tmp"


@contextmanager
def run_folder() -> Iterator[None]:
    """Have this process and those that it forks make their temporary files in a folder that is removed afterwards."""
    parent = Path(temporary_folder(BELOW_RUN))
    _remove_folders_of_dead_runs(parent)
    folder, held = _make_and_lock(parent)
    before = tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def current_run_folder() -> str:
    """Return the folder of the grading run that is going on, empty if there is none."""
    folder = tempfile.gettempdir()
    return folder if Path(folder).name.startswith(PREFIX) else ""


def _make_and_lock(parent: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        with suppress(FileNotFoundError):  # before it was locked, another run removed it as a dead run's
            held = lock(folder)
            if held is not None:
                if folder.exists():
                    return folder, held
                os.close(held)


def _remove_folders_of_dead_runs(parent: Path) -> None:
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):  # another run removes it, or it is another user's
            held = lock(folder) if folder.lstat().st_uid == os.geteuid() else None
            if held is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(held)
