"""One worker: from an assignment and what one student handed in to the notebook as it ran."""

from __future__ import annotations

import errno
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from nbgrader.api import InvalidEntry

from tests.helpers.tiny_course import TinyCourse, cell_named
from tinytorch.course.grading.assignment import Assignment, pack
from tinytorch.course.grading.worker import (
    PageTask,
    SubmissionFiles,
    SubmissionTask,
    TaskHandler,
    Worker,
    WorkerResult,
    fork_server,
)
from tinytorch.course.layout import Course
from tinytorch.course.verdict import run_cells
from tinytorch.course.verdict.witness import FILE, Witness


@pytest.fixture(scope="module")
def worker(built_course: TinyCourse, tmp_path_factory: pytest.TempPathFactory) -> Worker:
    """A worker without a fork server: its kernels are started."""
    course = Course(built_course.root)
    return Worker(pack(course, course.module("02")), tmp_path_factory.mktemp("worker"))


def handed_in(notebook: nbformat.NotebookNode, **more: bytes) -> SubmissionFiles:
    return SubmissionFiles("ada", "tiny.ipynb", {"tiny.ipynb": nbformat.writes(notebook).encode(), **more})


def test_it_decides_each_test_and_knows_no_gradebook_but_its_own(built_course: TinyCourse, worker: Worker) -> None:
    wrong = "#| export\ndef double(x):\n    return 2 * x if x < 100 else 7 * x\n"
    before = (built_course.root / "gradebook.db").read_bytes()
    ran = worker.run(handed_in(built_course.filled(double=wrong)))
    assert (ran.student, ran.failure) == ("ada", "")
    notebook = nbformat.reads(ran.notebook.decode(), as_version=4)
    failed = [
        cell.id for cell in notebook.cells if any(each.output_type == "error" for each in cell.get("outputs", []))
    ]
    assert failed == ["double-more"]
    assert "expected 2469134, got 8641969" in cell_named(notebook, "double-more").outputs[-1].evalue
    assert (built_course.root / "gradebook.db").read_bytes() == before


def test_one_process_decides_the_tests_of_all_submissions(built_course: TinyCourse, worker: Worker) -> None:
    left = []
    for answer in ("2 * x", "3 * x"):
        worker.run(handed_in(built_course.filled(double=f"#| export\ndef double(x):\n    return {answer}\n")))
        left.append(psutil.Process().children())
    assert len(left[0]) > 0
    assert left[0] == left[1]


def test_what_lies_beside_the_notebook_can_be_read_by_it(built_course: TinyCourse, worker: Worker) -> None:
    reads = "#| export\nprint(open('data.txt').read())\ndef double(x):\n    return 2 * x\n"
    ran = worker.run(handed_in(built_course.filled(double=reads), **{"data.txt": b"its own data"}))
    cell = cell_named(nbformat.reads(ran.notebook.decode(), as_version=4), "double")
    assert "its own data" in "".join(output.get("text", "") for output in cell.outputs)


# Tells what it finds in the staged package, and tries to leave something there for the next submission
INTRUDES = """\
#| export
import os, tinytorch
package = os.path.dirname(tinytorch.__file__)
print(sorted(name for name in os.listdir(package) if name in ("left.py", "gone")))
for act in (
    lambda: open(package + "/left.py", "w").close(),
    lambda: open(tinytorch.__file__, "a").close(),
    lambda: os.rename(package + "/core", package + "/gone"),
    lambda: os.chmod(os.path.dirname(package), 0o777),
):
    try:
        act()
        print("did")
    except OSError:
        print("refused")
def double(x):
    return 2 * x
"""


@pytest.fixture
def stages_made(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that the package was staged in."""
    made: list[Path] = []
    stage_package = run_cells.stage_package

    def note(*arguments: Any) -> None:
        made.append(arguments[2])
        stage_package(*arguments)

    monkeypatch.setattr(run_cells, "stage_package", note)
    return made


def every_file(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def printed(ran: WorkerResult) -> list[str]:
    """Return the lines that the first step's cell printed; its tests are passed."""
    assert ran.failure == ""
    notebook = nbformat.reads(ran.notebook.decode(), as_version=4)
    for test in ("double-number", "double-more"):
        assert not [output for output in cell_named(notebook, test).outputs if output.output_type == "error"]
    outputs = cell_named(notebook, "double").outputs
    return "".join(output.get("text", "") for output in outputs).splitlines()


@pytest.mark.parametrize("is_forked", [True, False])
def test_submissions_in_the_sandbox_share_one_stage_in_which_none_of_them_can_change_anything(
    built_course: TinyCourse, tmp_path: Path, stages_made: list[Path], is_forked: bool
) -> None:
    course = Course(built_course.root)
    packed = pack(course, course.module("02"))
    with fork_server(packed) as server:
        worker = Worker(packed, tmp_path, server if is_forked else None)
        before = every_file(tmp_path / "stage")
        for _ in range(2):
            ran = worker.run(handed_in(built_course.filled(double=INTRUDES)))
            assert printed(ran) == ["[]", *["refused"] * 4]
            assert every_file(tmp_path / "stage") == before
    assert stages_made == [tmp_path / "stage"]
    assert before


def test_without_a_sandbox_each_submission_has_a_stage_of_its_own_as_it_may_change_it(
    built_course: TinyCourse, tmp_path: Path, stages_made: list[Path]
) -> None:
    course = Course(built_course.root)
    packed = pack(course, course.module("02"))
    settings = packed.settings | {"ExecuteStaged": packed.settings["ExecuteStaged"] | {"isolation": "limits"}}
    worker = Worker(replace(packed, settings=settings), tmp_path)
    for count in (1, 2):
        ran = worker.run(handed_in(built_course.filled(double=INTRUDES)))
        assert printed(ran) == ["[]", *["did"] * 4]
        assert len(stages_made) == count
    assert not [stage for stage in stages_made if stage.exists()]


def test_a_witness_that_could_not_be_installed_leaves_nothing_in_the_stage_that_the_next_submission_sees(
    built_course: TinyCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = Course(built_course.root)
    packed = pack(course, course.module("02"))
    seen: list[bool] = []

    def fail(*_: Any) -> str:
        seen.append((tmp_path / "stage" / FILE).exists())
        raise RuntimeError("interrupted")

    lists = "#| export\nimport os\nprint(*os.listdir('/course'))\ndef double(x):\n    return 2 * x\n"
    with fork_server(packed) as server:
        worker = Worker(packed, tmp_path, server)
        with monkeypatch.context() as patched:
            patched.setattr(Witness, "installation", fail)
            assert worker.run(handed_in(built_course.filled())).failure == "RuntimeError: interrupted"
        [names] = printed(worker.run(handed_in(built_course.filled(double=lists))))
    assert seen == [True]
    assert "tinytorch" in names.split()
    assert FILE not in names.split()


def test_what_fails_in_the_grader_itself_is_a_reason_and_no_exception(built_course: TinyCourse, worker: Worker) -> None:
    ran = worker.run(SubmissionFiles("ada", "other.ipynb", {"other.ipynb": b"{}", "x": b""}))
    assert ran.notebook == b""
    assert ran.failure
    assert "\n" not in ran.failure


def test_a_submission_is_the_files_of_its_folder_without_what_is_not_the_student_s(tmp_path: Path) -> None:
    for name in ("tiny.ipynb", "timestamp.txt", "submission_secret.txt", "data/more.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    submission = SubmissionFiles.read("ada", "tiny.ipynb", tmp_path)
    assert submission == SubmissionFiles(
        "ada", "tiny.ipynb", {"tiny.ipynb": b"tiny.ipynb", "data/more.csv": b"data/more.csv"}
    )


def test_a_task_that_waits_holds_no_file(tmp_path: Path) -> None:
    (tmp_path / "tiny.ipynb").write_bytes(b"x" * 1_000_000)
    task = SubmissionTask("ada", "tiny.ipynb", tmp_path)
    assert len(pickle.dumps(task)) < 1_000
    assert task.read().files["tiny.ipynb"] == b"x" * 1_000_000


class Pages:
    """Stands for the writer of pages; raises an error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def write(self, student: str, *grades: Any) -> None:
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


def test_without_a_sandbox_kernels_are_not_forked() -> None:
    with fork_server(assignment("limits")) as server:
        assert server is None


def test_a_fork_server_is_ready_when_it_is_given_and_ends_with_the_context() -> None:
    with fork_server(assignment("bubblewrap")) as server:
        assert server is not None
        assert server.language_info["name"] == "python"
        process = server._process
        assert process.poll() is None
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
