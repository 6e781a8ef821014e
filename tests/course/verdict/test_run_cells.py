"""What a submission may do to the Python it runs in: each costs the points of the cells that did it, and no others."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from tests.helpers.kernels import fork_server
from tests.helpers.tiny_course import DOUBLE, POINTS, TIMEOUT_SECONDS, GradedClass, TinyCourse, cell_named
from tinytorch.course.notes import read_notes
from tinytorch.course.sandbox.forked_kernel import ForkedKernel, ForkServer
from tinytorch.course.sandbox.kernel import KernelMessage
from tinytorch.course.verdict.run_cells import MOST_AHEAD, CellRunner

STEP_1, STEP_2 = ("double-number", "double-more"), ("pair-total-right",)


@dataclass(frozen=True)
class Case:
    """What a student hands in, which tests must get nothing, and what must be said about it."""

    answers: dict[str, str]
    lost: tuple[str, ...]
    reason: str  # in the error output of the cell that did it
    cell: str  # the cell that did it

    @property
    def endless(self) -> bool:
        """Whether only a limit on time is sure to end it."""
        return self.reason in ("ran longer than", "")


def total(body: str) -> str:
    """Return the last step's method with that body, so that one test meets it."""
    return f"#| export\n@patch\ndef total(self: Pair) -> float:\n    {body}\n"


def double(body: str) -> str:
    """Return the first step's function with that body before the right answer, so that every test meets it."""
    return DOUBLE.format(before="import os, sys, ctypes\n", inside=body)


# Endings of a step that is right: what the cell does beside it is what is tried.
AFTER_DOUBLE = "#| export\ndef double(x):\n    return 2 * x\n\n"

CASES = {
    "loops in a method": Case({"pair_total": total("while True: pass")}, STEP_2, "ran longer than", "pair-total-right"),
    "loops in NumPy": Case(
        {"pair_total": total("return np.linalg.svd(np.random.rand(3000, 3000))")},
        STEP_2,
        "ran longer than",
        "pair-total-right",
    ),
    "loops in every test": Case({"double": double("while True: pass")}, STEP_1, "ran longer than", "double-number"),
    "loops in the cell": Case({"double": AFTER_DOUBLE + "while True: pass"}, (), "ran longer than", "double"),
    "loops in the cell and ignores the interrupt": Case(
        {"double": AFTER_DOUBLE + "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"},
        STEP_1,
        "ran longer than",
        "double",
    ),
    "loops and swallows the interrupt": Case(
        {
            "pair_total": total(
                "while True:\n        try:\n            while True: pass\n        except BaseException: pass"
            )
        },
        STEP_2,
        "ran longer than",
        "pair-total-right",
    ),
    "computes without letting go": Case(
        {"pair_total": total("return 3 ** 10**9")}, STEP_2, "ran longer than", "pair-total-right"
    ),
    "asks for 100 GB in children": Case(
        {
            "pair_total": total(
                "import os, time\n    for _ in range(4):\n        if not os.fork(): break\n"
                "    x = b'x' * (500 * 2**20); time.sleep(60)"
            )
        },
        STEP_2,
        "used more than 1.5 GB of memory",
        "pair-total-right",
    ),
    "forks without end": Case(
        {"pair_total": total("import os\n    while True: os.fork()")}, STEP_2, "", "pair-total-right"
    ),
    "forks and swallows the error": Case(
        {"pair_total": total("import os\n    while True:\n        try: os.fork()\n        except OSError: pass")},
        STEP_2,
        "",
        "pair-total-right",
    ),
    "fills the disk": Case(
        {"pair_total": total("with open('/tmp/x', 'wb') as file:\n        while True: file.write(bytes(2**20))")},
        STEP_2,
        "OSError",
        "pair-total-right",
    ),
    "kills its parent and goes on": Case(
        {
            "pair_total": total(
                "import os\n    try: os.kill(os.getppid(), 9)\n    except OSError: pass\n    return sum(self.both)"
            )
        },
        (),
        "",
        "pair-total-right",
    ),
    "asks for 100 GB": Case(
        {"pair_total": total("return float(np.ones(100 * 2**30 // 8).sum())")}, STEP_2, "allocate", "pair-total-right"
    ),
    "prints 80 MB in a line": Case(
        {"pair_total": total("print('x' * 80_000_000)")}, STEP_2, "printed more than 1 MB", "pair-total-right"
    ),
    "prints 1 GB in a line": Case({"pair_total": total("print('x' * 10**9)")}, STEP_2, "", "pair-total-right"),
    "prints 1 GB in lines": Case(
        {"pair_total": total("for _ in range(10**7): print('x' * 99)")},
        STEP_2,
        "printed more than 1 MB",
        "pair-total-right",
    ),
    "ends its kernel in a method": Case(
        {"pair_total": total("import os; os._exit(0)")}, STEP_2, "ended the Python", "pair-total-right"
    ),
    "ends its kernel in a cell": Case({"double": AFTER_DOUBLE + "import os; os._exit(3)"}, STEP_1, "ended", "double"),
    "exits": Case({"pair_total": total("import sys; sys.exit()")}, STEP_2, "SystemExit", "pair-total-right"),
    "quits": Case({"pair_total": total("quit()")}, STEP_2, "exit() or quit()", "pair-total-right"),
    "kills itself": Case(
        {"pair_total": total("import os; os.kill(os.getpid(), 9)")}, STEP_2, "ended the Python", "pair-total-right"
    ),
    "segfaults": Case(
        {"pair_total": total("import ctypes; ctypes.string_at(0)")}, STEP_2, "ended the Python", "pair-total-right"
    ),
    "writes where its outputs go": Case(
        {
            "pair_total": total(
                "import os, time\n    os.write(3, bytes([0, 0, 0, 5]) * 9); os.write(4, b'!'); time.sleep(60)"
            )
        },
        STEP_2,
        "used the connection",
        "pair-total-right",
    ),
    "closes where its outputs go": Case(
        {"pair_total": total("import os, time\n    os.closerange(3, 9); time.sleep(60)")},
        STEP_2,
        "used the connection",
        "pair-total-right",
    ),
    "claims to send more than there is": Case(
        {"pair_total": total("import os, time\n    os.write(3, b'\\xff' * 8); os.write(4, b'!'); time.sleep(60)")},
        STEP_2,
        "",
        "pair-total-right",
    ),
    "goes on in a process of its own": Case(
        {"pair_total": total("import os\n    if os.fork(): os.wait(); return sum(self.both)\n    print('x' * 10**7)")},
        (),
        "",
        "pair-total-right",
    ),
    "ends its kernel in every test": Case({"double": double("os._exit(1)")}, STEP_1, "ended", "double-number"),
}


def graded(course: TinyCourse, tmp_path_factory: pytest.TempPathFactory, endless: bool) -> GradedClass:
    """Grade those faults in one run, with less memory than the real course gives.

    What never ends is stopped soon. All else has the time that it needs on a busy machine.
    """
    root = tmp_path_factory.mktemp("short") / "course"
    shutil.copytree(course.root, root)
    config = (root / "nbgrader_config.py").read_text(encoding="utf-8")
    seconds = 3 if endless else 60
    for limit, other in (
        (f"timeout = {TIMEOUT_SECONDS}\n", f"timeout = {seconds}\n"),
        ("gigabytes = 4\n", "gigabytes = 1.5\n"),
    ):
        assert config.count(limit) == 1
        config = config.replace(limit, other)
    (root / "nbgrader_config.py").write_text(config, encoding="utf-8")
    course = TinyCourse(root)
    folder, output = tmp_path_factory.mktemp("faults"), tmp_path_factory.mktemp("graded") / "out"
    for name, case in CASES.items():
        if case.endless == endless:
            nbformat.write(course.filled(**case.answers), folder / f"{student(name)}.ipynb")
    nbformat.write(course.filled(), folder / "right.ipynb")
    return GradedClass(course, folder, output, course.tito_process("grade", folder, "--output", output))


@pytest.fixture(scope="module")
def classes_of_faults(built_course: TinyCourse, tmp_path_factory: pytest.TempPathFactory) -> dict[bool, GradedClass]:
    """The class of what never ends, under `True`, and that of the other faults."""
    return {endless: graded(built_course, tmp_path_factory, endless) for endless in (False, True)}


def student(name: str) -> str:
    return name.replace(" ", "-")


def said(notebook: NotebookNode, name: str) -> str:
    """Return the errors of a cell as a student reads them."""
    errors = [output for output in cell_named(notebook, name).outputs if output.output_type == "error"]
    return "\n".join(f"{error.ename}: {error.evalue}" for error in errors)


@pytest.mark.parametrize("name", CASES)
def test_a_fault_costs_its_own_points_and_says_why(classes_of_faults: dict[bool, GradedClass], name: str) -> None:
    case = CASES[name]
    its_class = classes_of_faults[case.endless]
    ran, points = its_class.ran(student(name)), its_class.points(student(name))
    assert {test: points[test] for test in POINTS} == {
        test: 0 if test in case.lost else most for test, most in POINTS.items()
    }
    assert case.reason in said(ran, case.cell)


@pytest.mark.parametrize(
    "name", [name for name, case in CASES.items() if re.search("ran|printed|ended|used", case.reason)]
)
def test_a_cell_that_was_stopped_is_noted_for_the_report(classes_of_faults: dict[bool, GradedClass], name: str) -> None:
    case = CASES[name]
    notes = read_notes(classes_of_faults[case.endless].ran(student(name)))
    assert (case.cell, True) in [(note.cell, case.reason in note.text) for note in notes if note.kind == "fault"]


@pytest.mark.parametrize("endless", [False, True])
def test_faults_stop_no_other_submission(classes_of_faults: dict[bool, GradedClass], endless: bool) -> None:
    its_class = classes_of_faults[endless]
    assert its_class.run.returncode == 0, its_class.run.stderr
    assert sum(its_class.points("right")[test] for test in POINTS) == 20


@pytest.mark.parametrize("endless", [False, True])
def test_what_was_printed_is_cut_before_it_is_written(
    classes_of_faults: dict[bool, GradedClass], endless: bool
) -> None:
    for page in classes_of_faults[endless].output.glob("autograded/*/02_tiny/tiny.ipynb"):
        assert page.stat().st_size < 1_200_000, page


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with fork_server() as running:
        yield running


def run_cells(course: TinyCourse, server: ForkServer, folder: Path, sources: Sequence[str]) -> list[NotebookNode]:
    """Run cells as a worker does; return them as they ran."""
    runner = CellRunner()
    runner.course_root, runner.isolation, runner.server = str(course.root), "bubblewrap", server
    runner.timeout, runner.submission_timeout, runner.memory_gigabytes = 2, 120, 2
    runner.skip_cells_with_tag = ""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    ran, _ = runner.preprocess(notebook, {"nbgrader": {"assignment": "02_tiny"}, "metadata": {"path": str(folder)}})
    return list(ran.cells)


def test_a_kernel_is_asked_for_many_cells_before_the_first_reply_and_wakes_its_grader_seldom(
    built_course: TinyCourse, server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    ask, receive = ForkedKernel.ask, ForkedKernel.receive

    def note_asked(kernel: ForkedKernel, code: str, *, is_python: bool) -> None:
        said.append("asked")
        ask(kernel, code, is_python=is_python)

    def note_received(kernel: ForkedKernel, seconds: float) -> Sequence[KernelMessage]:
        said.append("received")
        return receive(kernel, seconds)

    monkeypatch.setattr(ForkedKernel, "ask", note_asked)
    monkeypatch.setattr(ForkedKernel, "receive", note_received)
    cells = run_cells(built_course, server, tmp_path, [f"print({number})" for number in range(40)])
    assert [cell.outputs[0].text for cell in cells] == [f"{number}\n" for number in range(40)]
    assert said[: said.index("received")] == ["asked"] * MOST_AHEAD
    assert said.count("asked") == 40


def test_a_kernel_is_asked_ahead_for_no_more_than_its_connection_takes_in_whatever_letters(
    built_course: TinyCourse, server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    ask, receive = ForkedKernel.ask, ForkedKernel.receive

    def note_asked(kernel: ForkedKernel, code: str, *, is_python: bool) -> None:
        asked[-1] += len(json.dumps(code))
        ask(kernel, code, is_python=is_python)

    def note_received(kernel: ForkedKernel, seconds: float) -> Sequence[KernelMessage]:
        asked.append(0)
        return receive(kernel, seconds)

    asked.append(0)
    monkeypatch.setattr(ForkedKernel, "ask", note_asked)
    monkeypatch.setattr(ForkedKernel, "receive", note_received)
    sources = [f"# {letter * 2000}\nprint({number})" for number, letter in enumerate("αé\N{GRINNING FACE}\x1b" * 5)]
    cells = run_cells(built_course, server, tmp_path, sources)
    assert [cell.outputs[0].text for cell in cells] == [f"{number}\n" for number in range(20)]
    assert max(asked) <= ForkedKernel.asks_ahead_bytes


def test_a_cell_that_printed_too_much_and_ended_by_itself_stops_no_cell_after_it(
    built_course: TinyCourse, server: ForkServer, tmp_path: Path
) -> None:
    printed, counted = run_cells(
        built_course, server, tmp_path, ["print('x' * 3_000_000)", "total = sum(range(3 * 10**7))\nprint(total)"]
    )
    assert printed.outputs[-1].ename == "OutputLimitError"
    assert [output.output_type for output in counted.outputs] == ["stream"]


def test_a_cell_whose_reply_came_just_before_a_later_cell_ended_the_kernel_is_not_blamed(
    built_course: TinyCourse, server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = ["print('right')", "import os; os._exit(1)"]
    ask, receive = ForkedKernel.ask, ForkedKernel.receive
    asked: list[str] = []

    def note_asked(kernel: ForkedKernel, code: str, *, is_python: bool) -> None:
        asked.append(code)
        ask(kernel, code, is_python=is_python)

    def receive_too_early(kernel: ForkedKernel, seconds: float) -> Sequence[KernelMessage]:
        if asked != sources:
            return receive(kernel, seconds)
        asked.clear()
        while kernel.is_alive():  # all that the kernel does, it does between this look at the connection and the next
            pass
        return []

    monkeypatch.setattr(ForkedKernel, "ask", note_asked)
    monkeypatch.setattr(ForkedKernel, "receive", receive_too_early)
    right, ends = run_cells(built_course, server, tmp_path, sources)
    assert [output.get("text") for output in right.outputs] == ["right\n"]
    assert ends.outputs[-1].ename == "KernelDied"
    assert not asked  # it did look too early


STOPS = {
    "ends its kernel": ("import os; os._exit(1)", "KernelDied"),
    "asks to exit": ("exit()", "KernelDied"),
    "does not end": ("while True: pass", "CellTimeoutError"),
    "does not end and catches the interrupt": (
        "try:\n    while True: pass\nexcept KeyboardInterrupt: pass",
        "CellTimeoutError",
    ),
    "prints without end": ("while True: print('x' * 1000)", "OutputLimitError"),
    "uses the connection": ("import os; os.write(3, bytes([0, 0, 0, 5]) * 9)", "KernelDied"),
}


@pytest.mark.parametrize("stop", STOPS)
def test_a_cell_that_had_to_be_stopped_costs_none_of_those_that_the_kernel_was_asked_for_with_it(
    built_course: TinyCourse, server: ForkServer, tmp_path: Path, stop: str
) -> None:
    source, error = STOPS[stop]
    sources = ["seen = []", *[f"seen.append({number})\nprint(seen)" for number in range(20)]]
    sources.insert(8, source)
    cells = run_cells(built_course, server, tmp_path, sources)
    assert [cell.outputs[-1].get("ename", "") for cell in cells if cell.source == source] == [error]
    others = [cell for cell in cells if cell.source != source]
    assert [cell.outputs[0].text for cell in others[1:]] == [f"{list(range(number + 1))}\n" for number in range(20)]


def test_a_submission_s_time_is_up_for_all_its_cells_together(course: TinyCourse, tmp_path: Path) -> None:
    config = (course.root / "nbgrader_config.py").read_text(encoding="utf-8")
    short = config.replace("submission_timeout = 120\n", "submission_timeout = 3\n")
    assert short != config
    (course.root / "nbgrader_config.py").write_text(short, encoding="utf-8")
    slow = DOUBLE.format(before="", inside="") + "while True: pass\n"
    nbformat.write(course.filled(double=slow), tmp_path / "alice.ipynb")
    course.tito("grade", tmp_path, "--module", "02", check=True)
    ran = nbformat.read(course.root / "autograded" / "alice" / "02_tiny" / "tiny.ipynb", as_version=4)
    errors = [cell_named(ran, name).outputs[-1].evalue for name in ("double-number", "pair-total-right")]
    assert all("the 3 s that all cells have together were over" in error for error in errors)
    assert "alice,0,20,0,0,0" in (course.root / "grades.csv").read_text(encoding="utf-8")
