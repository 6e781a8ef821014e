"""Running a submission: nbgrader's Execute, with the staged package, in a sandbox, and with a limit on everything.

A cell that loops, floods or ends its kernel costs its own points only: it gets an error output that says why, and the
cells after it run in a fresh kernel in which the cells before it were run again.
"""

from __future__ import annotations

import asyncio
import copy
import functools
import re
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any, Literal

import nbformat
import zmq
import zmq.asyncio
from nbclient.util import ensure_async, run_sync
from nbformat import NotebookNode
from nbformat.v4 import output_from_msg
from nbgrader.preprocessors import Execute
from traitlets import Enum, Float, Integer, List, Unicode

from tinytorch.course.forked import ForkServer
from tinytorch.course.layout import Course
from tinytorch.course.notebook import grade_id, role_of
from tinytorch.course.notes import add_note
from tinytorch.course.sandbox import ISOLATIONS, PACKAGE, Limits, check_isolation, kernel_manager_in
from tinytorch.course.stage import stage_package, staged_environment

MESSAGE_BYTES = 8_000_000  # a larger message is cut off by ZeroMQ, before it is in our memory
POLL_SECONDS = 0.1
INTERRUPT_SECONDS = 2.0  # how long interrupted code may take to end
IDLE_SECONDS = 10.0  # how long the last outputs may take to come after the reply
OUTPUT_TYPES = ("stream", "display_data", "execute_result", "error")
TERMINAL_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Fault:
    """Why a piece of code was stopped from outside, or what it did to its kernel."""

    ename: str
    text: str  # a sentence about "this cell"


@dataclass
class Ran:
    """What became of a piece of code that was run in the kernel."""

    status: Literal["ok", "error"] = "ok"
    outputs: list[NotebookNode] = field(default_factory=list)
    user_expressions: dict[str, Any] = field(default_factory=dict)
    execution_count: int | None = None
    fault: Fault | None = None  # set where it did not come to its own end

    def fail(self, ename: str, text: str) -> Ran:
        """Note that it was stopped, with an error output that says why."""
        self.status, self.fault = "error", Fault(ename, text)
        self.outputs.append(error_output(ename, text))
        return self


class ExecuteStaged(Execute):  # type: ignore[misc]
    """Run the cells of a submission in kernels that reach only what the course gives them.

    It reads the module from `resources["nbgrader"]["assignment"]`, as nbgrader's own preprocessors do.

    To judge a cell otherwise, override `run_cell(cell) -> Ran`: it runs with a live kernel and the cell's time running.
    There, `self.execute_code(code, user_expressions=None, silent=False) -> Ran` runs any code in the current kernel,
    within what is left of the cell's time, as often as wanted; it never raises for what the code does. When
    `ran.fault` is set the code was stopped, and `self.kernel_is_alive()` says whether there is still a kernel;
    `self.fresh_kernel(index)` starts a new one with the cells before cell `index` run again.
    """

    course_root = Unicode(help="The course folder, whose tinytorch is staged for the kernel.").tag(config=True)
    isolation = Enum(
        ISOLATIONS,
        default_value="bubblewrap",
        help="What student code runs in: 'bubblewrap', a sandbox; 'limits', the grader's own rights with limits on "
        "memory, time and files, which warns; 'none', for a student's own check.",
    ).tag(config=True)
    submission_timeout = Float(120.0, help="The seconds that all cells of a submission have together.").tag(config=True)
    memory_gigabytes = Float(4.0, help="The memory that a submission may use.").tag(config=True)
    max_output_bytes = Integer(1_000_000, help="How much one cell may print.").tag(config=True)
    # A `tinytorch/` that was handed in beside the notebook must not come before the staged one.
    extra_arguments = List(["--InteractiveShellApp.ignore_cwd=True"]).tag(config=True)
    # A kernel whose work is done has nothing to tidy up, and gets no time to.
    shutdown_kernel = Enum(["graceful", "immediate"], default_value="immediate").tag(config=True)
    staged_files: Mapping[str, bytes] = {}  # what lies in the stage beside the package
    server: ForkServer | None = None  # what kernels in the sandbox are forked from; without one, each is started

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run the notebook with the package staged for its module."""
        check_isolation(self.isolation)
        course = Course(Path(self.course_root))
        self._harmful: set[int] = set()  # the cells that are not run again in a fresh kernel
        self._last_index: int | None = None
        self._submission_ends = monotonic() + self.submission_timeout
        self._cell_ends = self._submission_ends
        with tempfile.TemporaryDirectory(prefix="tinytorch-stage-") as stage:
            self._stage = Path(stage)
            self._folder = Path(resources.get("metadata", {}).get("path") or stage)
            stage_package(course, course.module(resources["nbgrader"]["assignment"]), self._stage)
            for name, content in self.staged_files.items():
                (self._stage / name).write_bytes(content)
            nb, resources = super().preprocess(nb, resources, km)
        return nb, resources

    @property
    def stage_inside(self) -> str:
        """The folder of the staged package, as student code sees it."""
        return PACKAGE if self.isolation == "bubblewrap" else str(self._stage)

    def create_kernel_manager(self) -> Any:
        """Give a manager whose kernel starts in the chosen isolation."""
        self.km = super().create_kernel_manager()
        self.km.client = functools.partial(_careful_client, self.km.client)
        limits = Limits(memory_bytes=int(self.memory_gigabytes * 2**30))
        kernel_manager_in(self.km, self.isolation, self._stage, self._folder, limits, self.server)
        return self.km

    async def async_start_new_kernel(self, **kwargs: Any) -> None:
        """Start the kernel in the staged environment; what it writes past Jupyter is not for the grader's terminal."""
        kwargs.update(env=staged_environment(self._stage), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        await ensure_async(super().async_start_new_kernel(**kwargs))

    start_new_kernel = run_sync(async_start_new_kernel)

    async def async_start_new_kernel_client(self) -> Any:
        """Connect to the kernel, and wait until it answers on both channels and not, as nbclient does, 0.2 s longer."""
        self.kc = self.km.client()
        self.kc.start_channels(stdin=False, hb=False)  # nobody is asked, and the provisioner sees that it lives
        give_up, answered, heard = monotonic() + self.startup_timeout, False, False
        shell, iopub = self.kc.shell_channel, self.kc.iopub_channel
        while not (answered and heard):
            if monotonic() > give_up or not await self._async_kernel_is_alive():
                await self._async_cleanup_kernel()
                raise RuntimeError("the kernel did not start")
            self.kc.kernel_info()
            with suppress(Empty):
                answered |= (await shell.get_msg(timeout=1.0))["msg_type"] == "kernel_info_reply"
                heard |= bool(await iopub.get_msg(timeout=POLL_SECONDS))
        self.kc.allow_stdin = False
        return self.kc

    start_new_kernel_client = run_sync(async_start_new_kernel_client)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run one cell; whatever it does, it ends with outputs, and the next cell finds a kernel."""
        if not self._is_run(cell):
            return cell, resources
        if self._last_index is not None and not self.kernel_is_alive():
            if self._last_index not in self._harmful:  # it ended well, and its kernel a moment later
                self._note_fault(self._last_index, Fault("KernelDied", self._reason_of_death()))
            self.fresh_kernel(index)
        self._start_clock()
        ran = Ran().fail("SubmissionTimeoutError", self._out_of_time()) if self._time_is_up() else self.run_cell(cell)
        self._last_index = index
        cell.execution_count = ran.execution_count
        cell.outputs = ran.outputs
        for output in cell.outputs:
            if output.output_type == "stream":
                output.name = "stdout"  # nbgrader scores any stderr 0, and a warning is no fault
        if ran.fault:
            self._note_fault(index, ran.fault)
        return cell, resources

    def run_cell(self, cell: NotebookNode) -> Ran:
        """Run a cell's code and give what became of it."""
        return self.execute_code(cell.source)

    def execute_code(self, code: str, user_expressions: dict[str, str] | None = None, *, silent: bool = False) -> Ran:
        """Run code in the current kernel within what is left of the current cell's time.

        `user_expressions` are evaluated after it in the student's namespace, as Jupyter's are. The outputs are those
        that the kernel sent, and one more of type error where the code had to be stopped.
        """
        return run_sync(self._async_execute_code)(code, user_expressions or {}, silent)  # type: ignore[no-any-return]

    async def _async_execute_code(self, code: str, user_expressions: dict[str, str], silent: bool) -> Ran:
        """Send the code and take in what comes, until its end or a limit."""
        ran = Ran()
        if not await self._async_kernel_is_alive():
            return ran.fail("KernelDied", self._reason_of_death())
        message_id = self.kc.execute(
            code,
            silent=silent,
            store_history=not silent,
            user_expressions=user_expressions,
            allow_stdin=False,
            stop_on_error=False,
        )
        taken = _Intake(self.kc, message_id, ran, self.max_output_bytes)
        while not taken.ended:
            await taken.wait(POLL_SECONDS)
            if taken.cut:  # the end of the kernel cuts its connections too
                await self._wait_for_end()
            if not await self._async_kernel_is_alive():
                return ran.fail("KernelDied", self._reason_of_death())
            if taken.flooded:
                megabytes = f"{self.max_output_bytes / 1e6:g} MB"
                await self._stop(taken)
                return ran.fail("OutputLimitError", f"this cell printed more than {megabytes} and was stopped")
            if monotonic() > self._cell_ends:
                await self._stop(taken)
                return ran.fail(*self._timeout())
        if taken.asked_to_exit:
            await ensure_async(self.km.shutdown_kernel(now=True))
            return ran.fail("KernelDied", "this cell ended the Python that it ran in, by exit() or quit()")
        return ran

    async def _wait_for_end(self) -> None:
        """Wait a second for the kernel to end."""
        give_up = monotonic() + 1
        while monotonic() < give_up and await self._async_kernel_is_alive():
            await asyncio.sleep(POLL_SECONDS / 4)

    async def _stop(self, taken: _Intake) -> None:
        """Interrupt the running code; where that does not end it soon, end its kernel."""
        taken.keep = False
        await ensure_async(self.km.interrupt_kernel())
        give_up = monotonic() + INTERRUPT_SECONDS
        while not taken.replied and monotonic() < give_up and await self._async_kernel_is_alive():
            await taken.wait(POLL_SECONDS)
        if taken.cut or not taken.replied:
            await ensure_async(self.km.shutdown_kernel(now=True))

    def fresh_kernel(self, index: int) -> None:
        """Start a new kernel and run the cells before cell `index` again that no points hang on.

        These are all but the tests; a test of 0 points counts as one of them, for it may put a stand-in in place.
        """
        while True:
            self._cleanup_kernel()
            self.km = self.create_kernel_manager()
            self.start_new_kernel()
            self.start_new_kernel_client()
            for earlier in range(index):
                if self._time_is_up():
                    return
                if not self._is_run_again(earlier):
                    continue
                self._start_clock()
                if self.run_cell(copy.deepcopy(self.nb.cells[earlier])).fault:
                    self._harmful.add(earlier)
                if not self.kernel_is_alive():
                    self._harmful.add(earlier)
                    break
            else:
                return

    def _is_run(self, cell: NotebookNode) -> bool:
        """Say whether grading runs a cell."""
        passed_over = self.skip_cells_with_tag in cell.metadata.get("tags", [])
        return cell.cell_type == "code" and bool(cell.source.strip()) and not passed_over

    def _is_run_again(self, index: int) -> bool:
        """Say whether a cell belongs into a fresh kernel."""
        cell = self.nb.cells[index]
        if index in self._harmful or not self._is_run(cell):
            return False
        return role_of(cell) != "test" or self._is_preparation(cell)

    def _start_clock(self) -> None:
        """Give the next cell its time, or what the submission has left."""
        self._cell_ends = min(monotonic() + self.timeout, self._submission_ends)

    def _time_is_up(self) -> bool:
        """Say whether the submission has used up its time."""
        return bool(monotonic() >= self._submission_ends)

    def _timeout(self) -> tuple[str, str]:
        """Name the time that is over, and say so."""
        if self._time_is_up():
            return "SubmissionTimeoutError", self._out_of_time()
        return "CellTimeoutError", f"this cell ran longer than {self.timeout:g} s and was stopped"

    def _out_of_time(self) -> str:
        """Say that there is no time left."""
        return f"the {self.submission_timeout:g} s that all cells have together were over before this cell ended"

    def _note_fault(self, index: int, fault: Fault) -> None:
        """Remember a cell that had to be stopped, for the next kernel and for the report."""
        self._harmful.add(index)
        cell = self.nb.cells[index]
        add_note(self.nb, "fault", grade_id(cell) or cell.get("id", f"cell {index + 1}"), fault.text)
        if self._is_preparation(cell):
            self._give_up_step(index)

    def _give_up_step(self, index: int) -> None:
        """Leave out a step that can't even be tried by the cell which puts a stand-in in its place.

        In a kernel without the step's cells that cell finds nothing to try, and later steps get the stand-in.
        """
        preparations = [place for place in range(index) if self._is_preparation(self.nb.cells[place])]
        for place in range(preparations[-1] + 1 if preparations else 0, index):
            if role_of(self.nb.cells[place]) == "solution":
                self._harmful.add(place)
        self._harmful.discard(index)
        if self.kernel_is_alive():
            run_sync(self.km.shutdown_kernel)(now=True)

    @staticmethod
    def _is_preparation(cell: NotebookNode) -> bool:
        """Say whether a cell is a test of 0 points, which prepares what later tests need."""
        return role_of(cell) == "test" and cell.metadata.nbgrader.get("points") == 0

    def kernel_is_alive(self) -> bool:
        """Say whether the current kernel still runs."""
        return bool(run_sync(self._async_kernel_is_alive)())

    async def _async_kernel_is_alive(self) -> bool:
        return self.km is not None and bool(await ensure_async(self.km.is_alive()))

    def _reason_of_death(self) -> str:
        """Say what is known about the end of a kernel."""
        stopped = getattr(getattr(self.km, "provisioner", None), "stopped_because", "")
        return stopped or ("this cell ended the Python that it ran in (an exit, a crash, or more memory than there is)")


def _careful_client(make_client: Any, **settings: Any) -> Any:
    """Give a client whose sockets take no message that is too large: a context's options are those of its sockets."""
    client = make_client(**settings)
    client.context.setsockopt(zmq.MAXMSGSIZE, MESSAGE_BYTES)
    return client


class _Intake:
    """What comes from the kernel for one request: counted as it arrives, kept while it is not too much."""

    def __init__(self, client: Any, message_id: str, ran: Ran, max_bytes: int) -> None:
        self.client, self.message_id, self.ran, self.max_bytes = client, message_id, ran, max_bytes
        self.keep = True
        self.flooded = self.cut = self.asked_to_exit = self.replied = self.idle = False
        self.bytes = 0
        self.idle_by = float("inf")
        self.clear_first = False
        self.poller = zmq.asyncio.Poller()
        # ZeroMQ ends the connection when a message is too large for it.
        self.cut_off = client.iopub_channel.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        for socket in (client.shell_channel.socket, client.iopub_channel.socket, self.cut_off):
            self.poller.register(socket, zmq.POLLIN)

    @property
    def ended(self) -> bool:
        """Whether the code ran to its end, and all that it printed is here."""
        return bool(self.replied and self.idle and not self.flooded)

    async def wait(self, seconds: float) -> None:
        """Take in what comes within some time, at most one message of each kind."""
        ready = dict(await self.poller.poll(int(seconds * 1000)))
        for channel, take in (
            (self.client.iopub_channel, self.take_output),
            (self.client.shell_channel, self.take_reply),
        ):
            if channel.socket not in ready:
                continue
            parts = await channel.socket.recv_multipart()
            if channel is self.client.iopub_channel:
                self.bytes += sum(map(len, parts))
                self.flooded |= self.bytes > self.max_bytes
            # The kernel's process is the student's: what it sends may be anything.
            with suppress(Exception):
                message = self.client.session.deserialize(self.client.session.feed_identities(parts)[1])
                if message["parent_header"].get("msg_id") == self.message_id:
                    take(message["msg_type"], message["content"])
        if self.cut_off in ready:
            await self.cut_off.recv_multipart()
        if self.cut_off in ready or (self.replied and not self.idle and monotonic() > self.idle_by):
            self.flooded = self.cut = True

    def take_reply(self, kind: str, content: dict[str, Any]) -> None:
        """Take the reply, which says how the code ended."""
        if kind != "execute_reply":
            return
        self.replied, self.idle_by = True, monotonic() + IDLE_SECONDS
        self.asked_to_exit = any(payload.get("source") == "ask_exit" for payload in content.get("payload", []))
        self.ran.user_expressions = content.get("user_expressions", {})
        self.ran.execution_count = content.get("execution_count")
        if content["status"] != "ok":
            self.ran.status = "error"
            ename, evalue = str(content.get("ename", "Error")), str(content.get("evalue", ""))
            self.error = error_output(ename, evalue, content.get("traceback"))
            self._add_missing_error()

    def take_output(self, kind: str, content: dict[str, Any]) -> None:
        """Take one output."""
        if kind == "status":
            if content["execution_state"] == "idle":
                self.idle = True
                self._add_missing_error()
        elif kind == "clear_output":
            self.clear_first = bool(content.get("wait"))
            if not self.clear_first:
                self.ran.outputs.clear()
        elif kind in OUTPUT_TYPES and self.keep and not self.flooded:
            output = output_from_msg({"header": {"msg_type": kind}, "content": content})  # raises for what is none
            if self.clear_first:
                self.ran.outputs.clear()
                self.clear_first = False
            last = self.ran.outputs[-1] if self.ran.outputs else None
            if kind == "stream" and last and last.output_type == "stream" and last.name == output.name:
                last.text += output.text
            else:
                self.ran.outputs.append(output)

    def _add_missing_error(self) -> None:
        """Show the error that ended the code where the code kept it from being shown: an error is what costs points."""
        shown = any(output.output_type == "error" for output in self.ran.outputs)
        if self.keep and self.replied and self.idle and self.ran.status == "error" and not shown:
            self.ran.outputs.append(self.error)


def error_output(ename: str, evalue: str, traceback: list[str] | None = None) -> NotebookNode:
    """Give an error as a notebook holds it."""
    lines = [str(line) for line in traceback or [f"{ename}: {evalue}"]]
    return nbformat.v4.new_output("error", ename=ename, evalue=evalue, traceback=lines)
