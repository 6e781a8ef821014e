"""Workers on other machines: the same work on a Dask cluster.

What travels is the assignment, once to each worker, a submission, and its result. The workers need this package and
bubblewrap, no shared disk. Dask's scheduler lets in whoever reaches its port: keep it in a network of your own, or
give it certificates. Start a worker with one thread (`dask worker ADDRESS --nthreads 1 --nworkers -1`): a submission
takes a core.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from tinytorch.course.assignment import Assignment
from tinytorch.course.forked import ForkServer
from tinytorch.course.layout import CourseError
from tinytorch.course.work import HandedIn, Ran, Worker

CONNECT_SECONDS = 30.0


class Cluster:
    """Has submissions graded by the workers of a Dask scheduler."""

    def __init__(self, address: str, assignment: Assignment) -> None:
        """Connect to the scheduler and send the assignment; raises `CourseError` where that can't be done."""
        try:
            from distributed import Client
        except ImportError:
            raise CourseError("Grading on a cluster needs Dask: pip install 'tinytorch[cluster]'.") from None
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise CourseError(
                f"No Dask scheduler answers at {address} ({error}): check the address, such as tcp://host:8786."
            ) from None
        if not self._client.scheduler_info(n_workers=-1)["workers"]:
            self._client.close()
            raise CourseError(f"The scheduler at {address} has no workers: start some with `dask worker {address}`.")
        self._assignment = self._client.scatter(assignment, broadcast=True, hash=False)
        self._handed_in: dict[Any, HandedIn] = {}

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._client.close()

    def submit(self, handed_in: HandedIn) -> None:
        """Have a submission graded."""
        future = self._client.submit(grade_here, self._assignment, handed_in, pure=False, retries=1)
        self._handed_in[future] = handed_in

    def finished(self) -> Iterator[tuple[HandedIn, Ran]]:
        """Give each submission with its result, as they come."""
        from distributed import as_completed

        for future in as_completed(list(self._handed_in)):
            handed_in = self._handed_in.pop(future)
            try:
                yield handed_in, future.result()
            except Exception as error:  # a worker that died each time, or that has another version of this package
                yield handed_in, Ran(handed_in.student, failure=f"{type(error).__name__}: {error}")


# What a worker's process keeps from one submission to the next
_lock = threading.Lock()
_workers: dict[str, Worker] = {}


def grade_here(assignment: Assignment, handed_in: HandedIn) -> Ran:
    """Grade a submission in this process, a worker's."""
    with _lock:
        if assignment.key not in _workers:
            folder = tempfile.mkdtemp(prefix="tinytorch-worker-")
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            server: ForkServer | None = None
            with suppress(OSError):
                server = ForkServer(assignment.modules)
                server.wait()
            _workers[assignment.key] = Worker(assignment, Path(folder), server)
        return _workers[assignment.key].run(handed_in)
