"""What a submission may use: each limit is set in one place, and a kernel that reaches it is ended and says why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbgrader.preprocessors import LimitOutput
from traitlets.config import Config

from tests.helpers.repository import ROOT
from tests.helpers.tiny_course import DOUBLE, TinyCourse, cell_named
from tinytorch.course.handin.read_file import MOST_BYTES, MOST_CELLS
from tinytorch.course.layout import Course, CourseError
from tinytorch.course.sandbox.forked_kernel import ForkedKernel, ForkServer
from tinytorch.course.sandbox.jupyter_kernel import JupyterKernel
from tinytorch.course.sandbox.kernel import LARGEST_MESSAGE_BYTES, Kernel
from tinytorch.course.sandbox.limits import BUSY_THREADS, MARGIN_SECONDS, Limits
from tinytorch.course.verdict.preprocessors import ExecuteStaged
from tinytorch.course.verdict.run_tests import VERDICT_BYTES

COMPUTES_3_SECONDS = "import time\nwhile time.process_time() < 3: pass\nprint('done')"


@pytest.mark.parametrize("submission_seconds", [0.1, 3, 120, 300.5])
def test_one_process_may_compute_for_all_of_the_submission_s_time_on_several_threads(submission_seconds: float) -> None:
    limits = Limits.of_submission(memory_gigabytes=4, submission_seconds=submission_seconds)
    assert BUSY_THREADS * submission_seconds <= limits.cpu_seconds < BUSY_THREADS * submission_seconds + 1
    assert limits.by_name()["cpu"] == limits.cpu_seconds + MARGIN_SECONDS


def test_a_gigabyte_is_two_to_the_thirty() -> None:
    assert Limits.of_submission(memory_gigabytes=1.5, submission_seconds=1).memory_bytes == 3 * 2**29


def test_prlimit_is_told_the_same_limits() -> None:
    limits = Limits(memory_bytes=2**30, cpu_seconds=60)
    assert limits.arguments() == [f"--{name}={value}" for name, value in limits.by_name().items()]


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    server = ForkServer()
    server.wait()
    yield server
    server.close()


def kernel_in(isolation: str, server: ForkServer, folder: Path, limits: Limits) -> Kernel:
    """Start a kernel of that kind; "forked" is bubblewrap with a kernel that was forked into it."""
    stage, submission = folder / "stage", folder / "submission"
    stage.mkdir()
    submission.mkdir(mode=0o755)
    if isolation == "forked":
        return ForkedKernel(server, stage, submission, limits)
    return JupyterKernel("python3", [], isolation, stage, submission, limits)


def run(kernel: Kernel, code: str) -> str:
    """Run code in a kernel until it is done or the kernel has ended, and give what it printed."""
    printed = ""
    kernel.ask(code, is_python=True)
    while kernel.is_alive():
        for message in kernel.receive(0.1):
            if message.kind == "execute_reply":
                return printed
            printed += message.content.get("text", "")
    return printed


@pytest.mark.parametrize("isolation", ["forked", "bubblewrap", "limits"])
def test_a_kernel_that_computes_too_long_is_ended_and_names_processor_time(
    isolation: str, server: ForkServer, tmp_path: Path
) -> None:
    kernel = kernel_in(isolation, server, tmp_path, Limits(memory_bytes=2 * 2**30, cpu_seconds=2))
    try:
        assert run(kernel, "while True: pass") == ""
        assert kernel.stopped_because == "this cell's process used more than 2 s of processor time"
    finally:
        kernel.end()


@pytest.mark.parametrize("isolation", ["forked", "bubblewrap", "limits"])
def test_linux_itself_limits_the_processor_time_of_what_the_grader_does_not_see(
    isolation: str, server: ForkServer, tmp_path: Path
) -> None:
    limits = Limits.of_submission(memory_gigabytes=2, submission_seconds=300)
    kernel = kernel_in(isolation, server, tmp_path, limits)
    try:
        printed = run(kernel, "import resource\nprint(list(resource.getrlimit(resource.RLIMIT_CPU)))")
        assert json.loads(printed) == [300 * BUSY_THREADS + MARGIN_SECONDS] * 2
    finally:
        kernel.end()


def graded_cell(course: TinyCourse, tmp_path: Path, submission_seconds: int) -> list[nbformat.NotebookNode]:
    """Grade a submission of which a cell computes for three seconds, and give that cell's outputs."""
    course.configure(
        ("c.ExecuteStaged.submission_timeout = 120\n", f"c.ExecuteStaged.submission_timeout = {submission_seconds}\n"),
        ("c.Execute.timeout = 4\n", f"c.Execute.timeout = {submission_seconds}\n"),
    )
    answer = DOUBLE.format(before="", inside="pass") + COMPUTES_3_SECONDS
    nbformat.write(course.filled(double=answer), tmp_path / "alice.ipynb")
    course.tito("grade", tmp_path, "--module", "02", "--force", check=True)
    ran = nbformat.read(course.root / "autograded" / "alice" / "02_tiny" / "tiny.ipynb", as_version=4)
    outputs: list[nbformat.NotebookNode] = cell_named(ran, "double").outputs
    return outputs


def test_with_a_longer_submission_timeout_a_cell_computes_past_the_former_ceiling(
    course: TinyCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Scaled down: the clock has 100 s where processor time has 1 s, so that processor time is what ends first.
    monkeypatch.setattr("tinytorch.course.sandbox.limits.BUSY_THREADS", 0.01)
    short = graded_cell(course, tmp_path, submission_seconds=100)
    assert short[-1].evalue == "this cell's process used more than 1 s of processor time"
    course.configure(
        ("submission_timeout = 100\n", "submission_timeout = 120\n"),
        ("c.Execute.timeout = 100\n", "c.Execute.timeout = 4\n"),
    )
    longer = graded_cell(course, tmp_path, submission_seconds=1000)
    assert [output.get("text") for output in longer] == ["done\n"]


@pytest.mark.parametrize("name", ["submission_timeout", "memory_gigabytes"])
def test_a_limit_that_the_configuration_does_not_set_is_asked_for(built_course: TinyCourse, name: str) -> None:
    config = Config()
    config.ExecuteStaged = Config(submission_timeout=1.0, memory_gigabytes=1.0, course_root=str(built_course.root))
    del config.ExecuteStaged[name]
    config.ExecuteStaged.isolation = "none"
    resources = {"nbgrader": {"assignment": Course(built_course.root).module("02").assignment}}
    with pytest.raises(CourseError, match=rf"nbgrader_config\.py does not set c\.ExecuteStaged\.{name}: copy"):
        ExecuteStaged(config=config).preprocess(built_course.notebook(), resources)


def test_the_table_of_limits_says_what_the_code_and_the_configuration_say() -> None:
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    text = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
    table = text.partition("\n## Limits\n")[2].partition("\n## ")[0]
    rows = {row.split("|")[1].strip(): row.split("|")[2].strip() for row in table.splitlines() if row.startswith("|")}
    limits = Limits.of_submission(memory_gigabytes=4, submission_seconds=120)
    for line in ("c.Execute.timeout = 10", "submission_timeout = 120", "memory_gigabytes = 4"):
        assert f"{line}\n" in config
    output_bytes = ExecuteStaged.max_output_bytes.default_value
    assert {name: rows[name] for name in rows if name not in ("limit", "---")} == {
        "time of a cell": "10 s",
        "time of a submission": "120 s",
        "time to compare a test's values": "10 s, or what the submission has left",
        "memory to compare them": f"{VERDICT_BYTES // 2**30} GB",
        "processor time": f"{limits.cpu_seconds} s a process",
        "memory": "4 GB",
        "output of a cell": f"{output_bytes / 1e6:g} MB",
        "lines of output": f"{LimitOutput.max_lines.default_value:,}",
        "one message": f"{LARGEST_MESSAGE_BYTES / 1e6:g} MB",
        "processes and threads": f"{limits.processes}",
        "open files": f"{limits.open_files} a process",
        "size of a file": f"{limits.file_bytes // 2**20} MB",
        "scratch space": f"{limits.scratch_bytes // 2**20} MB",
        "notebook handed in": f"{MOST_BYTES / 1e6:g} MB",
        "cells handed in": f"{MOST_CELLS:,}",
    }
