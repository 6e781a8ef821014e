"""A worker's task and its result."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import InvalidEntry

from tinytorch.course.grading.assignment import Assignment
from tinytorch.course.grading.worker import PageTask, SubmissionFiles, TaskHandler, WorkerResult, fork_server


def test_a_submission_is_the_files_of_its_folder_without_what_is_not_the_student_s(tmp_path: Path) -> None:
    for name in ("tiny.ipynb", "timestamp.txt", "submission_secret.txt", "data/more.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    submission = SubmissionFiles.read("ada", "tiny.ipynb", tmp_path)
    assert submission == SubmissionFiles(
        "ada", "tiny.ipynb", {"tiny.ipynb": b"tiny.ipynb", "data/more.csv": b"data/more.csv"}
    )


class Pages:
    """Stands for the writer of pages; raises an error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def write(self, student: str) -> None:
        raise self.error


def test_a_page_that_cannot_be_made_is_that_student_s_failure() -> None:
    handler: Any = TaskHandler(None, Pages(ValueError("no such cell")))
    assert handler(PageTask("ada")) == WorkerResult(
        "ada", failure="no feedback page could be made (ValueError: no such cell)"
    )


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), InvalidEntry("locked")])
def test_a_full_disk_or_a_gradebook_out_of_reach_stops_the_run_instead(error: Exception) -> None:
    handler: Any = TaskHandler(None, Pages(error))
    with pytest.raises(type(error)):
        handler(PageTask("ada"))


def assignment(isolation: str) -> Assignment:
    return Assignment("02_tiny", {}, {"ExecuteStaged": {"isolation": isolation}}, ())


def test_without_a_sandbox_kernels_are_not_forked_and_nothing_is_made_ready_for_that() -> None:
    called: list[str] = []
    with fork_server(assignment("limits"), meanwhile=lambda: called.append("ready")) as server:
        assert server is None
    assert called == []


def test_meanwhile_is_called_while_the_fork_server_starts_and_it_ends_with_the_context() -> None:
    called: list[str] = []
    with fork_server(assignment("bubblewrap"), meanwhile=lambda: called.append("ready")) as server:
        assert server is not None
        assert server.language_info["name"] == "python"
        process = server._process
        assert process.poll() is None
    assert called == ["ready"]
    assert process.poll() is not None


def test_a_fork_server_that_does_not_start_is_closed_and_kernels_are_started_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed: list[str] = []

    class DoesNotStart:
        """Stands for a fork server whose process has ended."""

        def __init__(self, modules: tuple[str, ...]) -> None:
            pass

        def wait(self) -> None:
            raise OSError("the process that kernels are forked from does not start")

        def close(self) -> None:
            closed.append("closed")

    monkeypatch.setattr("tinytorch.course.grading.worker.ForkServer", DoesNotStart)
    with fork_server(assignment("bubblewrap")) as server:
        assert server is None
    assert closed == ["closed"]


def test_the_isolation_is_the_configuration_s_and_else_the_sandbox() -> None:
    assert assignment("limits").isolation == "limits"
    assert Assignment("02_tiny", {}, {}, ()).isolation == "bubblewrap"
