"""A process beside the grader's that decides tests, within limits on time and memory.

The asserts of a test compare values that the student's process chose: a comparison may take longer than a life, or more
memory than there is, and nothing in Python ends one from inside. So it is done where it can be ended from outside.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from types import TracebackType

from tinytorch.course.sandbox.end_with_parent import end_with_parent
from tinytorch.course.verdict.replay import Evidence, Outcome, decide

Decide = Callable[[Sequence[Evidence]], Outcome]


class Decider:
    """Decides tests in a process of its own, which is forked at the first test, and again after it was ended.

    It may be used for one submission after the other: they share nothing but the grader's own code there.
    """

    def __init__(self, memory_bytes: int, seconds: Callable[[], float], decide: Decide = decide) -> None:
        """Start nothing yet.

        Args:
            memory_bytes: what a verdict may use, beside what the process has from the beginning.
            seconds: returns how long the next verdict may take.
            decide: what decides.
        """
        self.memory_bytes, self.seconds, self.decide = memory_bytes, seconds, decide
        self._pid, self._owner = 0, os.getpid()
        self._pipe: Connection | None = None

    def __enter__(self) -> Decider:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._end()

    def __del__(self) -> None:
        if os.getpid() == self._owner:  # and not in a process that was forked from that one
            self._end()

    def __call__(self, parts: Sequence[Evidence]) -> Outcome:
        """Return the outcome of a test cell; "too much" if it takes too long or too much memory."""
        if self._pipe is not None and self._pipe.poll():  # it has ended since the last test, which says nothing of this
            self._end()
        pipe = self._pipe or self._start()
        seconds = self.seconds()
        with suppress(EOFError, OSError):  # the process has ended
            pipe.send(list(parts))
            if not pipe.poll(seconds):
                self._end()
                return Outcome("too much", text=f"take longer than {seconds:.3g} s to compare")
            outcome: Outcome = pipe.recv()
            return outcome
        self._end()
        return Outcome("too much", text="ended the process that compares them")

    def _start(self) -> Connection:
        self._pipe, theirs = multiprocessing.Pipe()
        grader = os.getpid()
        # Not multiprocessing's Process: a worker of Dask is a daemon, which may have none.
        self._pid = os.fork()
        if self._pid == 0:
            try:
                _work(grader, theirs, self.memory_bytes, self.decide)
            finally:
                os._exit(0)
        theirs.close()
        return self._pipe

    def _end(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        self._pid, self._pipe = 0, None


def _close_all_but(pipe: Connection) -> None:
    """Close what the grader had open when it forked: locks and connections would last as long as this process."""
    for descriptor in map(int, os.listdir("/dev/fd")):
        if descriptor > 2 and descriptor != pipe.fileno():
            with suppress(OSError):  # the one that read the folder
                os.close(descriptor)


def _work(grader: int, pipe: Connection, memory_bytes: int, decide: Decide) -> None:
    """Decide what comes through the pipe until it is closed."""
    import resource  # which Windows, where students work too, does not have

    import psutil  # which `tito check`, where nothing is decided in a process of its own, does without

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the grader, which ends this
    end_with_parent(grader)
    _close_all_but(pipe)
    most_bytes = psutil.Process().memory_info().vms + memory_bytes
    with suppress(ValueError, OSError):  # macOS has no limit on memory
        resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    with suppress(EOFError, ConnectionError):
        while True:
            parts = pipe.recv()
            pipe.send(decide(parts))
