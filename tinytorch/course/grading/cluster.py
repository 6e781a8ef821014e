"""Workers on other machines: the same work on a Dask cluster.

What travels is the assignment, once to each worker, a submission, and its result. Scheduler and workers need this
package, and workers bubblewrap; no shared disk. Dask's scheduler lets in whoever reaches its port: keep it in a network
of your own, or give it certificates. Start a worker with one thread (`dask worker ADDRESS --nthreads 1 --nworkers -1`):
a submission takes a core.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from tinytorch.course.grading.assignment import Assignment
from tinytorch.course.grading.worker import HandedIn, Ran, Worker
from tinytorch.course.layout import CourseError
from tinytorch.course.sandbox.forked_kernel import ForkServer

CONNECT_SECONDS = 10.0


class Cluster:
    """Has submissions graded by the workers of a Dask scheduler."""

    def __init__(self, address: str, assignment: Assignment) -> None:
        """Connect to the scheduler; raises `CourseError` where that can't be done."""
        check_scheduler(address)
        from distributed import Client

        self._address = address
        self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        # A task instead of data: where all workers that hold it are gone, the next one gets it again.
        self._assignment = self._client.submit(_given, assignment, pure=False)
        self._handed_in: dict[Any, HandedIn] = {}

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._client.close()

    def submit(self, handed_in: HandedIn) -> None:
        """Have a submission graded."""
        future = self._client.submit(grade_here, self._assignment, handed_in, pure=False, retries=1)
        self._handed_in[future] = handed_in

    def batches(self) -> Iterator[list[tuple[HandedIn, Ran]]]:
        """Return all submissions with their results: what has come since the last time, until there is none left."""
        from distributed import as_completed

        for futures in as_completed(list(self._handed_in), loop=self._client.loop).batches():
            yield [self._take(future) for future in futures]

    def _take(self, future: Any) -> tuple[HandedIn, Ran]:
        handed_in = self._handed_in.pop(future)
        try:
            return handed_in, future.result()
        except Exception as error:  # workers that died each time, or that have another version of this package
            if self._client.status != "running":
                raise CourseError(
                    f"The scheduler at {self._address} is gone: start it again, run this again, and it goes on."
                ) from None
            return handed_in, Ran(handed_in.student, failure=f"{type(error).__name__}: {error}")


def check_scheduler(address: str) -> None:
    """Raise `CourseError` unless a scheduler with workers answers at this address."""
    try:
        import distributed
    except ImportError:
        raise CourseError("Grading on a cluster needs Dask: pip install 'tinytorch[cluster]'.") from None
    for logger in ("distributed", "distributed.client"):
        logging.getLogger(logger).setLevel(logging.CRITICAL)  # what goes wrong is said in a sentence

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


def _given(assignment: Assignment) -> Assignment:
    return assignment


# What a worker's process keeps from one submission to the next, of one assignment at a time
_lock = threading.Lock()
_workers: dict[str, Worker] = {}
_belongings = ExitStack()
atexit.register(_belongings.close)


def grade_here(assignment: Assignment, handed_in: HandedIn) -> Ran:
    """Grade a submission in this process, a worker's."""
    with _lock:
        if assignment.key not in _workers:
            _workers.clear()
            _belongings.close()
            folder = _belongings.enter_context(tempfile.TemporaryDirectory(prefix="tinytorch-worker-"))
            _workers[assignment.key] = Worker(assignment, Path(folder), _fork_server(assignment))
        return _workers[assignment.key].run(handed_in)


def _fork_server(assignment: Assignment) -> ForkServer | None:
    """Start what kernels are forked from, where there is a sandbox for them."""
    if assignment.settings.get("ExecuteStaged", {}).get("isolation") != "bubblewrap":
        return None
    with suppress(OSError):
        server = ForkServer(assignment.modules)
        _belongings.callback(server.close)
        server.wait()
        return server
    return None
