"""A kernel for a student's own check: a copy of this process, which has imported what notebooks import.

It is no sandbox. Where a process cannot be copied and watched this way (Windows, macOS), `is_possible` is false, and
Jupyter starts the kernel.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic

from tinytorch.course.sandbox.end_with_parent import end_with_parent
from tinytorch.course.sandbox.forked_kernel import ForkedKernel
from tinytorch.course.sandbox.inside import check_kernel
from tinytorch.course.sandbox.limits import CHECK_SECONDS, Limits


def is_possible() -> bool:
    """Whether this system can copy a process that has loaded NumPy, and watch the copy."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


class CopiedKernel(ForkedKernel):
    """A copy of this process that runs the cells of a notebook, within limits."""

    asks_ahead_bytes = 0  # a step is reported as soon as its last cell ran

    def __init__(self, stage: Path, folder: Path, limits: Limits) -> None:
        """Copy this process."""
        self.language_info = {"name": "python", "version": sys.version.split()[0]}
        self.limits, self.stopped_because, self.is_cut_off = limits, "", False
        self._checked, self._arrived, self._replies = monotonic(), bytearray(), 0
        self._line, line = socket.socketpair()
        self._bell, bell = socket.socketpair()
        self._line.setblocking(False)
        self._bell.setblocking(False)
        parent = os.getpid()
        gc.freeze()  # so that the copy neither looks through what it shares with this process, nor copies it
        with _ctrl_c_afterwards():
            self._pid = os.fork()
        if self._pid == 0:
            try:
                _become_kernel(parent, stage, folder, limits, line, bell)
            finally:
                os._exit(1)
        gc.unfreeze()
        line.close()
        bell.close()
        self._handle = os.pidfd_open(self._pid)

    def is_alive(self) -> bool:
        """Whether it runs; end it if it and the processes that it started use too much."""
        if self._handle < 0:
            return False
        if monotonic() > self._checked + CHECK_SECONDS:
            self._checked = monotonic()
            self.stopped_because = self.limits.fault(self._pid)
            if self.stopped_because:
                self.end()
                return False
        return os.waitid(os.P_PIDFD, self._handle, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def end(self) -> None:
        """End it and the processes of its group."""
        if self._handle < 0:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGKILL)
        with suppress(ProcessLookupError):  # it may not have a group of its own yet
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._handle)
        self._handle = -1
        self._line.close()
        self._bell.close()


@contextmanager
def _ctrl_c_afterwards() -> Iterator[None]:
    """Have a Ctrl-C wait until a fork is done: what Python calls around a fork would swallow it."""
    if threading.current_thread() is not threading.main_thread():  # only the main thread is interrupted
        yield
        return
    process, came = os.getpid(), []
    own = signal.signal(signal.SIGINT, lambda *_: came.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, own)
    if came and os.getpid() == process:
        signal.raise_signal(signal.SIGINT)


def _become_kernel(
    parent: int, stage: Path, folder: Path, limits: Limits, line: socket.socket, bell: socket.socket
) -> None:
    """Leave behind what is the checking process's, and be a kernel until the end."""
    os.setsid()
    end_with_parent(parent)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    kept = sorted([line.fileno(), bell.fileno()])
    os.closerange(3, kept[0])
    os.closerange(kept[0] + 1, kept[1])
    os.closerange(kept[1] + 1, 4096)
    if tracker := sys.modules.get("multiprocessing.resource_tracker"):
        # the line to the checking process's own is closed; shared memory will start another one
        tracker._resource_tracker._fd = tracker._resource_tracker._pid = None
    os.chdir(folder)
    limits.apply()
    shell = check_kernel.make_shell()
    for name in [name for name in sys.modules if name.partition(".")[0] == "tinytorch"]:
        del sys.modules[name]
    sys.meta_path[:] = [finder for finder in sys.meta_path if "__editable__" not in getattr(finder, "__module__", "")]
    sys.path[:1] = [str(stage)]  # in place of the folder of the program that this process runs
    sys.path_importer_cache.clear()
    sys.argv[:] = [""]
    os.environ["PYTHONPATH"] = str(stage)  # for processes that a cell starts
    temporary = stage / "temporary"  # what cells leave there goes with the stage
    temporary.mkdir(exist_ok=True)
    tempfile.tempdir = os.environ["TMPDIR"] = str(temporary)
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    check_kernel.serve(shell, line, bell)
