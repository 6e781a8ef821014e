"""Workers on this machine: processes forked from this one, each with one task at a time.

If a worker is killed, another one takes its place and its task; if that one is killed too, the task is reported as
lost. A task that takes long does not keep the others waiting: another worker takes its worker's place, up to a limit.
One that takes longer than any task may is ended. When this process ends, in whatever way, its workers end too.
"""

from __future__ import annotations

import gc
import math
import multiprocessing
import os
import signal
import statistics
import sys
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from time import monotonic
from types import TracebackType
from typing import Any

from tinytorch.course.sandbox.end_with_parent import end_with_parent

MOST_TRIES = 2
LOOK_SECONDS = 0.5  # how often to look for a Ctrl-C that Python dropped, and for tasks that take long
SLOW_TIMES = 3  # a task is not slow if it takes less than so many times what is usual for its kind
MOST_ASIDE = 2  # how many slow tasks, for each worker, may go on beside the others


@dataclass(frozen=True)
class Lost:
    """The outcome of a task whose worker died each time."""

    exit_code: int

    def __str__(self) -> str:
        """Return what happened."""
        how = f"by signal {-self.exit_code}" if self.exit_code < 0 else f"with code {self.exit_code}"
        return f"the grader's own process ended {how}, {MOST_TRIES} times: is there enough memory for all workers?"


@dataclass(frozen=True)
class TooLong:
    """The outcome of a task that took longer than any task may."""

    seconds: float

    def __str__(self) -> str:
        """Return what happened."""
        return f"grading it took longer than {self.seconds:g} s, and was stopped: look at what it does"


@dataclass
class _Task:
    content: Any
    is_first: bool = False  # goes before all others, and waits for none of them
    tries: int = 0
    began: float = 0.0

    @property
    def seconds(self) -> float:
        """How long a worker has been at it."""
        return monotonic() - self.began


@dataclass
class _Worker:
    """A worker's process, and its task."""

    process: ForkProcess
    pipe: Connection
    task: _Task | None = None


@dataclass
class Pool:
    """Processes that work through tasks: each calls `make_handler` once, and the handler with each of its tasks."""

    count: int
    make_handler: Callable[[], Callable[[Any], Any]]
    slow_seconds: float = math.inf  # a task that takes longer keeps no other waiting
    most_seconds: float = math.inf  # for a task
    # called every now and then with the tasks that workers are at, and for how many seconds
    report_at_work: Callable[[Sequence[tuple[Any, float]]], None] = lambda tasks: None
    before_the_first: Callable[[], object] = lambda: None  # called before a process is started
    _waiting: deque[_Task] = field(default_factory=deque)
    _workers: list[_Worker] = field(default_factory=list)
    _seconds: dict[type, list[float]] = field(default_factory=lambda: defaultdict(list))  # of finished tasks, by kind
    _interrupted: bool = False
    _earlier_handler: Any = None  # of Ctrl-C

    def __enter__(self) -> Pool:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler and _is_main_thread():
            self._earlier_handler = signal.signal(signal.SIGINT, self._notice)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        for worker in self._workers:
            worker.pipe.close()  # which ends an idle worker
            if worker.task is not None:
                worker.process.kill()
        for worker in self._workers:
            worker.process.join()
        if self._earlier_handler is not None:
            signal.signal(signal.SIGINT, self._earlier_handler)

    def _notice(self, *_: object) -> None:
        """Note Ctrl-C: Python drops the exception if it is raised while an object is being deleted."""
        self._interrupted = True
        raise KeyboardInterrupt

    def submit(self, content: Any, *, first: bool = False) -> None:
        """Add a task; `first` is for a short one, which goes before the others, beside those that workers are at."""
        (self._waiting.appendleft if first else self._waiting.append)(_Task(content, is_first=first))

    @property
    def is_ending(self) -> bool:
        """Whether no task waits, and some worker has none."""
        return not self._waiting and len(self._at_work()) < self.count

    def finished(self) -> Iterator[tuple[Any, Any]]:
        """Yield each task with its outcome as they end, until there are none left; more may be added meanwhile."""
        while True:
            self._hand_out()
            busy = {worker.pipe: worker for worker in self._workers if worker.task is not None}
            if not busy:
                return
            ready = wait(list(busy), LOOK_SECONDS)
            if self._interrupted:
                raise KeyboardInterrupt
            self.report_at_work([(task.content, task.seconds) for task in self._at_work()])
            ended = [self._take(busy[pipe]) for pipe in ready]  # type: ignore[index]
            for task, outcome in filter(None, ended):
                if isinstance(outcome, BaseException):
                    raise outcome
                self._hand_out()  # so that no worker waits for what is done with the outcome
                yield task.content, outcome
            for pipe, worker in busy.items():
                if pipe not in ready and worker.task is not None and worker.task.seconds > self.most_seconds:
                    worker.process.kill()
                    self._replace(worker)
                    yield worker.task.content, TooLong(self.most_seconds)

    def _take(self, worker: _Worker) -> tuple[_Task, Any] | None:
        """Return a worker's task with its outcome; None if the worker died and the task is tried again."""
        task = worker.task
        assert task is not None
        try:
            outcome = worker.pipe.recv()
            worker.task = None
            self._seconds[type(task.content)].append(task.seconds)
        except (EOFError, OSError):
            self._replace(worker)
            if task.tries < MOST_TRIES:
                self._waiting.appendleft(task)
                return None
            outcome = Lost(self._last_exit_code)
        return task, outcome

    def _at_work(self) -> list[_Task]:
        """Return the tasks that workers are at."""
        return [worker.task for worker in self._workers if worker.task is not None]

    def _hand_out(self) -> None:
        """Give waiting tasks to workers; there is one more for a short task, and one for each that takes long."""
        while self._waiting:
            at_work = self._at_work()
            slow = sum(map(self._is_slow, at_work))
            most = self.count + self._waiting[0].is_first
            if len(at_work) - min(slow, MOST_ASIDE * self.count) >= most:
                return
            idle = next((worker for worker in self._workers if worker.task is None), None)
            if idle is None:
                idle = self._hire()
                self._workers.append(idle)
            self._give(idle, self._waiting.popleft())

    def _is_slow(self, task: _Task) -> bool:
        """Whether a task takes long, for one of its kind: where all of them do, more at a time would take longer."""
        usual = self._seconds.get(type(task.content))
        return task.seconds > max(self.slow_seconds, SLOW_TIMES * statistics.median(usual) if usual else 0.0)

    def _give(self, worker: _Worker, task: _Task) -> None:
        task.tries += 1
        task.began = monotonic()
        worker.task = task
        with suppress(OSError):  # the worker is dead, which `finished` will notice
            worker.pipe.send(task.content)

    def _replace(self, worker: _Worker) -> None:
        """Put a new worker in place of a dead one."""
        worker.pipe.close()
        worker.process.join()
        self._last_exit_code = worker.process.exitcode or 0
        self._workers[self._workers.index(worker)] = self._hire()

    def _hire(self) -> _Worker:
        if not self._workers:
            self.before_the_first()
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        process = context.Process(
            target=_work,
            args=(os.getpid(), theirs, [ours, *(worker.pipe for worker in self._workers)], self.make_handler),
            daemon=False,  # a worker starts a process of its own, which decides tests
        )
        process.start()
        theirs.close()
        return _Worker(process, ours)


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _work(
    master: int, pipe: Connection, others: list[Connection], make_handler: Callable[[], Callable[[Any], Any]]
) -> None:
    """Work for the process `master`: do the tasks from the pipe until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for `master`, which ends its workers
    end_with_parent(master)
    gc.freeze()  # what this process began with stays until it ends, so the collector need not look through it
    for other in others:
        other.close()
    handler: Callable[[Any], Any] | None = None
    with suppress(EOFError, ConnectionError):  # `master` has ended, or was killed
        while True:
            content = pipe.recv()
            try:
                handler = handler or make_handler()
                outcome = handler(content)
            except Exception as error:
                outcome = error
            pipe.send(outcome)
