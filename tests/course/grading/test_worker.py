"""One worker: from an assignment and what one student handed in to the notebook as it ran."""

from __future__ import annotations

import nbformat
import pytest

from tests.helpers.tiny_course import TinyCourse, cell_named
from tinytorch.course.grading.assignment import pack
from tinytorch.course.grading.worker import HandedIn, Worker
from tinytorch.course.layout import Course


@pytest.fixture(scope="module")
def worker(built_course: TinyCourse, tmp_path_factory: pytest.TempPathFactory) -> Worker:
    """A worker without a fork server: its kernels are started."""
    course = Course(built_course.root)
    return Worker(pack(course, course.module("02")), tmp_path_factory.mktemp("worker"))


def handed_in(notebook: nbformat.NotebookNode, **more: bytes) -> HandedIn:
    return HandedIn("ada", "tiny.ipynb", {"tiny.ipynb": nbformat.writes(notebook).encode(), **more})


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


def test_what_lies_beside_the_notebook_can_be_read_by_it(built_course: TinyCourse, worker: Worker) -> None:
    reads = "#| export\nprint(open('data.txt').read())\ndef double(x):\n    return 2 * x\n"
    ran = worker.run(handed_in(built_course.filled(double=reads), **{"data.txt": b"its own data"}))
    cell = cell_named(nbformat.reads(ran.notebook.decode(), as_version=4), "double")
    assert "its own data" in "".join(output.get("text", "") for output in cell.outputs)


def test_what_fails_in_the_grader_itself_is_a_reason_and_no_exception(built_course: TinyCourse, worker: Worker) -> None:
    ran = worker.run(HandedIn("ada", "other.ipynb", {"other.ipynb": b"{}", "x": b""}))
    assert ran.notebook == b""
    assert ran.failure
    assert "\n" not in ran.failure
