"""Grading on other machines: the workers of a Dask cluster.

The assignment is sent once to each worker; then submissions are sent, and results come back. Scheduler and workers need
this package, workers need bubblewrap, and no disk is shared. Dask's scheduler accepts everybody who can reach its port:
keep it in a private network, or use certificates. Start workers with one thread each, because a submission takes a
core: `dask worker ADDRESS --nthreads 1 --nworkers -1`.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import logging
import queue
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from tinytorch.course.grading.assignment import Assignment
from tinytorch.course.grading.worker import SubmissionFiles, SubmissionTask, Worker, WorkerResult, fork_server
from tinytorch.course.layout import OBJECTS_PER_COLLECTION, CourseError

CONNECT_SECONDS = 10.0


class Cluster:
    """The workers of a Dask scheduler, as graders of submissions."""

    def __init__(self, address: str, assignment: Assignment, most_seconds: float) -> None:
        """Connect to the scheduler, or raise `CourseError`.

        `most_seconds` is what a worker may take for one submission: if none of them has a result for that long, what
        they are at is given up.
        """
        check_scheduler(address)
        from distributed import Client

        self._address, self._most_seconds = address, most_seconds
        self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        # A task instead of data: if all workers that have it are gone, the next worker gets it again.
        self._assignment = self._client.submit(_same, assignment, pure=False)
        self._tasks: dict[Any, SubmissionTask] = {}

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._client.close()

    def submit(self, task: SubmissionTask) -> None:
        """Have a submission graded."""
        future = self._client.submit(grade_here, self._assignment, task.read(), pure=False, retries=1)
        self._tasks[future] = task

    def batches(self) -> Iterator[list[tuple[SubmissionTask, WorkerResult]]]:
        """Yield all submissions with their results, in lists of those that have arrived since the last one."""
        done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for future in self._tasks:
            future.add_done_callback(done.put)
        while self._tasks:
            try:
                futures = [done.get(timeout=self._most_seconds)]
            except queue.Empty:
                yield self._give_up()
                continue
            while not done.empty():
                futures.append(done.get())
            yield [self._result(future) for future in futures if future in self._tasks]

    def _give_up(self) -> list[tuple[SubmissionTask, WorkerResult]]:
        """Return what the workers are at as failures; all that is left, if they are at nothing."""
        at_work = self._client.run(_at_work, on_error="ignore").values()
        keys = {key for found in at_work for key in found}
        stuck = [future for future in self._tasks if future.key in keys]
        if stuck:
            why = f"its worker had no result within {self._most_seconds:.0f} s: restart the worker, and run this again"
        else:
            why = f"no worker took it within {self._most_seconds:.0f} s: start workers, and run this again"
        given_up = [(self._tasks.pop(future), future) for future in stuck or list(self._tasks)]
        self._client.cancel([future for _, future in given_up])
        return [(task, WorkerResult(task.student, failure=why)) for task, _ in given_up]

    def _result(self, future: Any) -> tuple[SubmissionTask, WorkerResult]:
        task = self._tasks.pop(future)
        try:
            return task, future.result()
        except Exception as error:  # its workers died each time, or have another version of this package
            if self._client.status != "running":
                raise CourseError(
                    f"The scheduler at {self._address} is gone: start it again, run this again, and it goes on."
                ) from None
            return task, WorkerResult(task.student, failure=f"{type(error).__name__}: {error}")


def check_scheduler(address: str) -> None:
    """Raise `CourseError` unless a scheduler with workers answers at this address."""
    try:
        import distributed
    except ImportError:
        raise CourseError("Grading on a cluster needs Dask: install it with `pip install distributed`.") from None
    for logger in ("distributed", "distributed.client"):
        logging.getLogger(logger).setLevel(logging.CRITICAL)  # errors become sentences

    async def workers() -> Any:
        async with distributed.rpc(address, timeout=CONNECT_SECONDS) as scheduler:
            return (await scheduler.identity())["workers"]

    try:
        found = asyncio.run(workers())
    except (OSError, ValueError) as error:
        raise CourseError(
            f"No Dask scheduler answers at {address} ({error}): check the address, such as tcp://host:8786."
        ) from None
    if not found:
        raise CourseError(f"The scheduler at {address} has no workers: start some with `dask worker {address}`.")


def _at_work(dask_worker: Any) -> list[str]:
    """Return the keys of what a worker is at; what it only has in its queue can go to another."""
    return [task.key for task in dask_worker.state.executing]


def _same(assignment: Assignment) -> Assignment:
    return assignment


# What a worker's process keeps from one submission to the next, for one assignment at a time
_lock = threading.Lock()
_workers: dict[str, Worker] = {}
_resources = ExitStack()
atexit.register(_resources.close)


def grade_here(assignment: Assignment, submission: SubmissionFiles) -> WorkerResult:
    """Grade a submission in this process, which is a worker's."""
    with _lock:
        if assignment.key not in _workers:
            gc.set_threshold(OBJECTS_PER_COLLECTION)
            _workers.clear()
            _resources.close()
            folder = _resources.enter_context(tempfile.TemporaryDirectory(prefix="tinytorch-worker-"))
            server = _resources.enter_context(fork_server(assignment))
            _workers[assignment.key] = Worker(assignment, Path(folder), server)
        return _workers[assignment.key].run(submission)
