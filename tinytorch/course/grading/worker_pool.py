"""Workers on this machine: processes forked from this one, each with one task at a time.

A worker that is killed, by whoever, is noticed and replaced, and its task given to another; the second time its task is
reported as lost. When this process ends, however it ends, its workers end too.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from types import TracebackType
from typing import Any

from tinytorch.course.sandbox.end_with_parent import end_with_parent

MOST_TRIES = 2
LOOK_SECONDS = 0.5  # how often to look whether somebody pressed Ctrl-C unheard


@dataclass(frozen=True)
class Lost:
    """Stands for the outcome of a task whose worker died each time."""

    exit_code: int

    def __str__(self) -> str:
        """Return what happened."""
        how = f"by signal {-self.exit_code}" if self.exit_code < 0 else f"with code {self.exit_code}"
        return f"the grader's own process ended {how}, {MOST_TRIES} times: is there enough memory for all workers?"


@dataclass
class _Task:
    content: Any
    tries: int = 0


@dataclass
class _Seat:
    """A worker and what it has to do."""

    process: ForkProcess
    pipe: Connection
    task: _Task | None = None


@dataclass
class Pool:
    """Processes that work through tasks; `make_handler` is called in each, and what it gives is called with a task."""

    count: int
    make_handler: Callable[[], Callable[[Any], Any]]
    _waiting: deque[_Task] = field(default_factory=deque)
    _seats: list[_Seat] = field(default_factory=list)
    _interrupted: bool = False
    _before: Any = None  # who was told of Ctrl-C before

    def __enter__(self) -> Pool:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler and _is_main_thread():
            self._before = signal.signal(signal.SIGINT, self._notice)
        for _ in range(self.count):
            self._seats.append(self._hire())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        for seat in self._seats:
            seat.pipe.close()  # an idle worker ends by that
            if seat.task is not None:
                seat.process.kill()
        for seat in self._seats:
            seat.process.join()
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _notice(self, *_: object) -> None:
        """Take note of Ctrl-C: Python drops its exception where that meets an object that is being removed."""
        self._interrupted = True
        raise KeyboardInterrupt

    def submit(self, content: Any, *, first: bool = False) -> None:
        """Add a task; `first` puts it before those that wait."""
        (self._waiting.appendleft if first else self._waiting.append)(_Task(content))

    def finished(self) -> Iterator[tuple[Any, Any]]:
        """Return each task with its outcome as they end, until there is none left; more may be added meanwhile."""
        while True:
            for seat in self._seats:
                if seat.task is None and self._waiting:
                    self._give(seat, self._waiting.popleft())
            busy = {seat.pipe: seat for seat in self._seats if seat.task is not None}
            if not busy:
                if not self._waiting:
                    return
                continue
            ready = wait(list(busy), LOOK_SECONDS)
            if self._interrupted:
                raise KeyboardInterrupt
            for pipe in ready:
                seat = busy[pipe]  # type: ignore[index]
                task = seat.task
                assert task is not None
                try:
                    outcome = seat.pipe.recv()
                    seat.task = None
                except (EOFError, OSError):
                    self._replace(seat)
                    if task.tries < MOST_TRIES:
                        self._waiting.appendleft(task)
                        continue
                    outcome = Lost(self._last_exit_code)
                if isinstance(outcome, BaseException):
                    raise outcome
                yield task.content, outcome

    def _give(self, seat: _Seat, task: _Task) -> None:
        task.tries += 1
        seat.task = task
        with suppress(OSError):  # the worker is dead, which `finished` will see
            seat.pipe.send(task.content)

    def _replace(self, seat: _Seat) -> None:
        """Put a new worker in a dead one's place."""
        seat.pipe.close()
        seat.process.join()
        self._last_exit_code = seat.process.exitcode or 0
        self._seats[self._seats.index(seat)] = self._hire()

    def _hire(self) -> _Seat:
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        process = context.Process(
            target=_work,
            args=(os.getpid(), theirs, [ours, *(seat.pipe for seat in self._seats)], self.make_handler),
            daemon=True,
        )
        process.start()
        theirs.close()
        return _Seat(process, ours)


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _work(
    master: int, pipe: Connection, others: list[Connection], make_handler: Callable[[], Callable[[Any], Any]]
) -> None:
    """Be a worker of the process `master`: take tasks from the pipe until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that this one works for
    end_with_parent(master)
    gc.freeze()  # what this process began with is here to stay, and need not be looked through
    for other in others:
        other.close()
    handler: Callable[[Any], Any] | None = None
    with suppress(EOFError, ConnectionError):  # it ended, or was killed
        while True:
            content = pipe.recv()
            try:
                handler = handler or make_handler()
                outcome = handler(content)
            except Exception as error:
                outcome = error
            pipe.send(outcome)
