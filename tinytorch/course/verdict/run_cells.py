"""Running a submission's cells with the staged package, in a sandbox, within limits.

A cell that loops, prints too much or ends its kernel costs only its own points: it gets an error output that says why,
and the cells after it run in a fresh kernel, in which the cells before it were run again.

`tito check` loads this file, so it imports nothing that is slow to load, such as nbgrader: `preprocessors` has what
nbgrader needs.
"""

from __future__ import annotations

import copy
import json
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Literal

from nbformat import NotebookNode

from tinytorch.course.layout import Course
from tinytorch.course.notebook import grade_id, role_of
from tinytorch.course.notes import add_note, python_version
from tinytorch.course.outputs import OUTPUTS, as_output, error_output
from tinytorch.course.sandbox.bubblewrap import PACKAGE
from tinytorch.course.sandbox.forked_kernel import ForkedKernel, ForkServer
from tinytorch.course.sandbox.isolation import check_isolation
from tinytorch.course.sandbox.kernel import Kernel, KernelMessage
from tinytorch.course.sandbox.limits import Limits
from tinytorch.course.sandbox.staged_package import stage_package
from tinytorch.course.verdict.differences import differences

POLL_SECONDS = 0.1
MOST_AHEAD = 16  # cells that a kernel is asked for at once: to wake it up takes longer than to run most of them
INTERRUPT_SECONDS = 2.0  # how long interrupted code may take to end
LEAST_VERDICT_SECONDS = 1.0  # which decides any honest test many times over
NOT_CONFIGURED = (
    "nbgrader_config.py does not set c.ExecuteStaged.{0}: copy its line from the course's own configuration."
)


@dataclass(frozen=True)
class Code:
    """What a kernel is asked to run; `is_python` says that it uses none of IPython's own notation."""

    text: str
    is_python: bool = False


@dataclass
class Fault:
    """Why a piece of code was stopped from outside, or what it did to its kernel."""

    ename: str
    text: str  # a sentence about "this cell"
    traceback: list[str] = field(default_factory=list)  # where it was interrupted, if a check asked for that


@dataclass
class CellRun:
    """What came of running a piece of code in the kernel."""

    status: Literal["ok", "error"] = "ok"
    outputs: list[NotebookNode] = field(default_factory=list)
    execution_count: int | None = None
    fault: Fault | None = None  # set where the code did not end by itself

    def fail(self, ename: str, text: str, traceback: Sequence[str] = ()) -> CellRun:
        """Record that the code was stopped, with an error output that says why."""
        self.status, self.fault = "error", Fault(ename, text, list(traceback))
        self.outputs.append(error_output(ename, text, traceback))
        return self


class CellRunner:
    """Run the cells of a submission in kernels that reach only what the course gives them.

    It reads the module from `resources["nbgrader"]["assignment"]`, as nbgrader's own preprocessors do.

    To decide on a cell in another way, override `run_cell(cell) -> CellRun`: it is called with a live kernel, and the
    cell's time has begun. There, `self.execute_code(code) -> CellRun` runs any code in the current kernel within what
    is left of the cell's time, as often as needed; it never raises for what the code does. If `ran.fault` is set, the
    code was stopped, and `self.kernel.is_alive()` says whether there is still a kernel; `self.fresh_kernel(index)`
    starts a new one, in which the cells before cell `index` were run again.
    """

    course_root: str  # the course folder, whose tinytorch is staged for the kernel
    isolation: str  # one of `ISOLATIONS`
    timeout: float  # the seconds that a cell has
    submission_timeout: float  # the seconds that all cells have together
    memory_gigabytes: float  # what a submission may use
    max_output_bytes: int = 1_000_000  # how much one cell may print
    skip_cells_with_tag: str  # cells with this tag are passed over
    extra_arguments: Sequence[str]  # of a kernel that Jupyter starts
    staged_files: Mapping[str, bytes] = {}  # what lies in the stage beside the package
    shows_where_stopped = False  # whether the error of a cell that was stopped has the lines that it was in
    server: ForkServer | None = None  # what kernels in the sandbox are forked from; without one, Jupyter starts each
    _shared_stage: Path | None = None  # set by `share_stage`

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Run the notebook with the package staged for its module."""
        check_isolation(self.isolation)
        self.nb = nb
        self._harmful: set[int] = set()  # the cells that must not be run again in a fresh kernel
        self._last_index: int | None = None
        self._ahead: deque[Code] = deque()  # what the kernel was asked for, and no cell has taken yet
        self._arrived: deque[KernelMessage] = deque()  # what came for them
        self._submission_ends = monotonic() + self.submission_timeout
        self._cell_ends = self._submission_ends
        with self._open_stage(resources["nbgrader"]["assignment"]) as self._stage:
            self._folder = Path(resources.get("metadata", {}).get("path") or self._stage)
            self.kernel = self.new_kernel()
            try:
                self.prepare_kernel()
                nb.metadata["language_info"] = self.kernel.language_info
                for index, cell in enumerate(nb.cells):
                    nb.cells[index], resources = self.preprocess_cell(cell, resources, index)
            finally:
                self._end_kernel()
        return nb, resources

    def share_stage(self, stage: Path, assignment: str) -> None:
        """Have all submissions to a module share a stage, made once in the folder `stage`.

        Only the sandbox binds it read-only: in any other isolation student code could write into it, so there each
        submission still gets a new one.
        """
        if self.isolation == "bubblewrap":
            stage.mkdir(mode=0o700, exist_ok=True)  # as a temporary folder: the witness' key lies in it for a moment
            self._fill_stage(stage, assignment)
            self._shared_stage = stage

    @contextmanager
    def _open_stage(self, assignment: str) -> Iterator[Path]:
        """Give the stage that submissions share, or else a new one, which is removed at the end."""
        if self._shared_stage is not None:
            yield self._shared_stage
            return
        with tempfile.TemporaryDirectory(prefix="tinytorch-stage-") as folder:
            stage = Path(folder)
            self._fill_stage(stage, assignment)
            yield stage

    def _fill_stage(self, stage: Path, assignment: str) -> None:
        """Put the package and what lies beside it into a stage."""
        course = Course(Path(self.course_root))
        stage_package(course, course.module(assignment), stage)
        for name, content in self.staged_files.items():
            (stage / name).parent.mkdir(exist_ok=True)
            (stage / name).write_bytes(content)

    @property
    def stage_inside(self) -> str:
        """The path of the staged package, as student code sees it."""
        return PACKAGE if self.isolation == "bubblewrap" else str(self._stage)

    def new_kernel(self) -> Kernel:
        """Start a kernel in the chosen isolation."""
        limits = Limits.of_submission(self.memory_gigabytes, self.submission_timeout)
        if self.isolation == "bubblewrap" and self.server is not None:
            return ForkedKernel(self.server, self._stage, self._folder, limits)
        from tinytorch.course.sandbox.jupyter_kernel import JupyterKernel

        name = self.nb.metadata.get("kernelspec", {}).get("name", "python3")
        return JupyterKernel(name, self.extra_arguments, self.isolation, self._stage, self._folder, limits)

    def prepare_kernel(self) -> None:
        """Do what has to be done in a new kernel before the notebook's first cell: nothing."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run one cell; whatever it does, it gets outputs, and the next cell finds a kernel."""
        if not self._is_run(cell):
            return cell, resources
        if self._last_index is not None and not self._ahead and not self.kernel.is_alive():
            if self._last_index not in self._harmful:  # the cell ended well, and its kernel ended a moment later
                self._note_fault(self._last_index, Fault("KernelDied", self._reason_of_death()))
            self.fresh_kernel(index)
        if self._time_is_up():
            ran = CellRun().fail("SubmissionTimeoutError", self._out_of_time())
        else:
            if not self._ahead:
                self._ask_ahead(index)
            self._start_clock()
            ran = self.run_cell(cell)
        self._last_index = index
        cell.execution_count = ran.execution_count
        cell.outputs = ran.outputs
        for output in cell.outputs:
            if output.output_type == "stream":
                output.name = "stdout"  # nbgrader gives 0 points for any stderr, and a warning is no fault
        if ran.fault:
            self._note_fault(index, ran.fault)
        if self.isolation != "none" and role_of(cell) not in ("test", "given"):
            name = grade_id(cell) or cell.get("id", f"cell {index + 1}")
            graded_with = str(self.kernel.language_info.get("version", ""))
            for kind, text in differences(cell.source, cell.outputs, python_version(self.nb), graded_with):
                add_note(self.nb, kind, name, text)
        return cell, resources

    def run_cell(self, cell: NotebookNode) -> CellRun:
        """Run a cell's code."""
        return self.execute_code(cell.source)

    def code_of(self, cell: NotebookNode) -> Code:
        """Return the code that `run_cell` executes first for a cell; whatever else it executes, it executes later."""
        return Code(cell.source)

    def _ask_ahead(self, index: int) -> None:
        """Ask for a cell and for those after it, in whose replies no cell between them has a say."""
        room = self.kernel.asks_ahead_bytes
        for later in range(index, len(self.nb.cells)):
            cell = self.nb.cells[later]
            if not self._is_run(cell):
                continue
            code = self.code_of(cell)
            room -= len(json.dumps(code.text))  # as it is sent: a letter with an accent takes six bytes
            if room < 0 or len(self._ahead) == MOST_AHEAD:
                return
            self._ask(code)
            self._ahead.append(code)

    def _ask(self, code: Code) -> None:
        with suppress(OSError):  # the kernel has just ended
            self.kernel.ask(code.text, is_python=code.is_python)

    def execute_code(self, text: str, *, is_python: bool = False) -> CellRun:
        """Run code in the current kernel within what is left of the current cell's time.

        `is_python` says that the code uses none of IPython's own notation. The outputs are those that the kernel sent,
        and one more of type error if the code had to be stopped.
        """
        ran, code = CellRun(), Code(text, is_python)
        if self._ahead:
            if self._ahead.popleft() != code:
                raise RuntimeError("a cell runs other code than the kernel was asked for ahead")
        elif self.kernel.is_alive():
            self._ask(code)
        else:
            return ran.fail("KernelDied", self._reason_of_death())
        taken = _Collector(ran, self.max_output_bytes)
        while not taken.replied:
            self._take_arrived(taken)
            if taken.replied:
                break
            if self.kernel.is_cut_off:  # its connections also end when the kernel ends
                self._wait_for_end()
            if not self.kernel.is_alive():
                self._take_arrived(taken)  # the reply may have come since, and a later cell have ended the kernel
                if taken.replied:
                    break
                self._end_kernel()
                return ran.fail("KernelDied", self._reason_of_death())
            if taken.flooded or self.kernel.is_cut_off:
                self._stop(taken)
                return ran.fail(*self._too_much())
            if monotonic() > self._cell_ends:
                self._stop(taken)
                return ran.fail(*self._timeout(), taken.interrupted if self.shows_where_stopped else ())
        if taken.flooded:  # it ended by itself, and the kernel is at a later cell, which must not be stopped for this
            return ran.fail(*self._too_much())
        if taken.asked_to_exit:
            self._end_kernel()
            return ran.fail("KernelDied", "this cell ended the Python that it ran in, by exit() or quit()")
        return ran

    def _take_arrived(self, taken: _Collector) -> None:
        """Take what has come, up to the reply; what came after that belongs to the next cell."""
        if not self._arrived:
            self._arrived.extend(self.kernel.receive(POLL_SECONDS))
        while self._arrived and not taken.replied:
            taken.take(self._arrived.popleft())

    def _end_kernel(self) -> None:
        """End the kernel, with all that it was asked for."""
        self.kernel.end()
        self._ahead.clear()
        self._arrived.clear()

    def _wait_for_end(self) -> None:
        """Wait for the kernel to end, for up to a second."""
        give_up = monotonic() + 1
        while monotonic() < give_up and self.kernel.is_alive():
            time.sleep(POLL_SECONDS / 4)

    def _stop(self, taken: _Collector) -> None:
        """Interrupt the running code; if it does not end soon, end its kernel."""
        taken.keep = False
        self.kernel.interrupt()
        give_up = monotonic() + INTERRUPT_SECONDS
        while not taken.replied and monotonic() < give_up and self.kernel.is_alive():
            self._take_arrived(taken)
        if self.kernel.is_cut_off or not taken.replied:
            self._end_kernel()

    def fresh_kernel(self, index: int) -> None:
        """Start a new kernel and run the cells before cell `index` in it again.

        Tests are left out, except those of 0 points, which may define a stand-in.
        """
        while True:
            self._end_kernel()
            self.kernel = self.new_kernel()
            self.prepare_kernel()
            for earlier in range(index):
                if self._time_is_up():
                    return
                if not self._is_run_again(earlier):
                    continue
                self._start_clock()
                if self.run_cell(copy.deepcopy(self.nb.cells[earlier])).fault:
                    self._harmful.add(earlier)
                if not self.kernel.is_alive():
                    self._harmful.add(earlier)
                    break
            else:
                return

    def _is_run(self, cell: NotebookNode) -> bool:
        """Whether grading runs a cell."""
        passed_over = self.skip_cells_with_tag in cell.metadata.get("tags", [])
        return cell.cell_type == "code" and bool(cell.source.strip()) and not passed_over

    def _is_run_again(self, index: int) -> bool:
        """Whether a fresh kernel runs a cell again."""
        cell = self.nb.cells[index]
        if index in self._harmful or not self._is_run(cell):
            return False
        return role_of(cell) != "test" or self._is_preparation(cell)

    def _start_clock(self) -> None:
        """Start the next cell's time: that of one cell, or what the submission has left."""
        self._cell_ends = min(monotonic() + self.timeout, self._submission_ends)

    def verdict_seconds(self) -> float:
        """Return how long the grader may take to decide a test: as long as a cell, or what the submission has left."""
        return float(max(LEAST_VERDICT_SECONDS, min(self.timeout, self._submission_ends - monotonic())))

    def _time_is_up(self) -> bool:
        """Whether the submission has used up its time."""
        return bool(monotonic() >= self._submission_ends)

    def _timeout(self) -> tuple[str, str]:
        """Return the name and the sentence of the error for the time that is over."""
        if self._time_is_up():
            return "SubmissionTimeoutError", self._out_of_time()
        return "CellTimeoutError", f"this cell ran longer than {self.timeout:g} s and was stopped"

    def _too_much(self) -> tuple[str, str]:
        """Return the name and the sentence of the error for a cell that printed too much."""
        return "OutputLimitError", f"this cell printed more than {self.max_output_bytes / 1e6:g} MB and was stopped"

    def _out_of_time(self) -> str:
        """Return the sentence that the submission's time is over."""
        return f"the {self.submission_timeout:g} s that all cells have together were over before this cell ended"

    def _note_fault(self, index: int, fault: Fault) -> None:
        """Note a cell that had to be stopped, for the next kernel and for the report."""
        self._harmful.add(index)
        cell = self.nb.cells[index]
        add_note(self.nb, "fault", grade_id(cell) or cell.get("id", f"cell {index + 1}"), fault.text)
        if self._is_preparation(cell):
            self._give_up_step(index)

    def _give_up_step(self, index: int) -> None:
        """Leave out a step whose own preparation cell had to be stopped when it tried the step.

        In a kernel without the step's cells the preparation finds nothing to try, and later steps get the stand-in.
        """
        preparations = [earlier for earlier in range(index) if self._is_preparation(self.nb.cells[earlier])]
        for earlier in range(preparations[-1] + 1 if preparations else 0, index):
            if role_of(self.nb.cells[earlier]) == "solution":
                self._harmful.add(earlier)
        self._harmful.discard(index)
        self._end_kernel()

    @staticmethod
    def _is_preparation(cell: NotebookNode) -> bool:
        """Whether a cell is a test of 0 points, which prepares what later tests need, such as a stand-in."""
        return role_of(cell) == "test" and cell.metadata.nbgrader.get("points") == 0

    def _reason_of_death(self) -> str:
        """Return why the kernel ended, as far as that is known."""
        return self.kernel.stopped_because or (
            "this cell ended the Python that it ran in (an exit, a crash, or more memory than there is)"
        )


class _Collector:
    """Collects what the kernel sends for one request: counts all of it, and keeps it while it is not too much."""

    def __init__(self, ran: CellRun, max_bytes: int) -> None:
        self.ran, self.max_bytes = ran, max_bytes
        self.keep = True
        self.interrupted: list[str] = []  # the traceback of an error that came when nothing was kept any more
        self.replied = self.asked_to_exit = self.clear_first = False
        self.bytes = 0

    @property
    def flooded(self) -> bool:
        """Whether more has come than one cell may print."""
        return self.bytes > self.max_bytes

    def take(self, message: KernelMessage) -> None:
        """Take in what has come."""
        self.bytes += message.size_bytes
        with suppress(Exception):  # the kernel runs the student's code: what it sends may be anything
            if message.kind == "execute_reply":
                self.take_reply(message.content)
            else:
                self.take_output(message.kind, message.content)

    def take_reply(self, content: dict[str, Any]) -> None:
        """Take the reply, which says how the code ended."""
        self.replied = True
        self.asked_to_exit = any(payload.get("source") == "ask_exit" for payload in content.get("payload", []))
        count = content.get("execution_count")
        self.ran.execution_count = count if type(count) is int else None
        if content["status"] == "ok":
            return
        self.ran.status = "error"
        # The code may have kept its error from being shown, and without an error output it would get the points
        if self.keep and not any(output.output_type == "error" for output in self.ran.outputs):
            ename, evalue = str(content.get("ename", "Error")), str(content.get("evalue", ""))
            self.ran.outputs.append(error_output(ename, evalue, content.get("traceback") or ()))

    def take_output(self, kind: str, content: dict[str, Any]) -> None:
        """Take one output."""
        if kind == "clear_output":
            self.clear_first = bool(content.get("wait"))
            if not self.clear_first:
                self.ran.outputs.clear()
        elif kind == "error" and not self.keep:
            self.interrupted = list(as_output(kind, content).traceback)
        elif kind in OUTPUTS and self.keep and not self.flooded:
            output = as_output(kind, content)
            if self.clear_first:
                self.ran.outputs.clear()
                self.clear_first = False
            last = self.ran.outputs[-1] if self.ran.outputs else None
            if kind == "stream" and last and last.output_type == "stream" and last.name == output.name:
                last.text += output.text
            else:
                self.ran.outputs.append(output)
