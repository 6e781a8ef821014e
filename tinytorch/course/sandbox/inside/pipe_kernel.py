"""ipykernel without its sockets and threads: requests come in on one connection, and outputs and replies go out on it.

The grader asks one thing at a time and reads everything up to the reply, so it does not need the five sockets of
Jupyter's protocol, the threads behind them and the messages about messages, which take most of a request's time. The
code that runs cells and shows results and errors is ipykernel's own.

The fork server loads this file outside of any sandbox, so it imports third-party packages only. A frame is a length of
four bytes and a JSON object. Requests may come ahead of the replies to those before them. To wake up the grader takes
longer than to send something, so there is a second connection, the bell, which is used when a reply was sent and there
is nothing more to do, or when there is no room for more. On it comes the number of the request that an interrupt is
for. Reference: Jupyter's messaging protocol, whose message types and contents these are.
"""

from __future__ import annotations

import ast
import asyncio
import io
import json
import logging
import os
import re
import select
import signal
import socket
import sys
import threading
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import Any, NoReturn

from ipykernel.ipkernel import IPythonKernel
from ipykernel.jsonutil import json_clean
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.session import Session
from pygments.lexers import get_lexer_by_name
from traitlets.config import Config

NUMBER_BYTES, READ_BYTES = 4, 4096  # of a request's number; at once from the bell
BUFFERED_CHARACTERS = 8192
BUFFERED_SECONDS = 0.2
WARM_UP = ["1", "print(1)", "raise ValueError", "x ="]
DRAW = "import matplotlib.pyplot as plt\nplt.figure()"
PROMPT = re.compile(r"^In \[\d+\]:", re.MULTILINE)
INLINE = "module://matplotlib_inline.backend_inline"  # how matplotlib is told to show pictures in outputs


class Line(Session):
    """The connection to the grader. For ipykernel it is the session that sends all messages."""

    outputs: socket.socket | None = None  # while there is none, messages are dropped
    bell: socket.socket
    lock: Any = None

    def open(self, line: int, bell: int) -> None:
        """Connect."""
        self.outputs, self.bell, self.lock = socket.socket(fileno=line), socket.socket(fileno=bell), threading.RLock()

    def close(self) -> None:
        """Disconnect."""
        if self.outputs is not None:
            self.outputs.close()
            self.bell.close()
            self.outputs = None

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, *ignored: Any, **also_ignored: Any) -> Any:
        """Send a message to the grader."""
        if isinstance(msg_or_type, dict):
            msg_or_type, content = msg_or_type["msg_type"], msg_or_type["content"]
        if self.outputs is not None:
            frame = json.dumps({"kind": msg_or_type, "content": content}, default=repr).encode("utf-8", "replace")
            signals = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # which could leave half a frame
            try:
                with self.lock:
                    self._send(len(frame).to_bytes(4, "big") + frame)
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, signals)
        return {"content": content}

    def _send(self, frame: bytes) -> None:
        assert self.outputs is not None
        try:
            sent = self.outputs.send(frame, socket.MSG_DONTWAIT)
        except BlockingIOError:
            sent = 0
        while sent < len(frame):
            self.ring()
            sent += self.outputs.send(frame[sent:])

    def ring(self) -> None:
        """Wake up the grader to read what was sent; if the bell is full, the grader will still hear it."""
        with suppress(BlockingIOError):
            self.bell.send(b"!", socket.MSG_DONTWAIT)

    def interrupted(self) -> int | None:
        """Return the number of the request that is to be interrupted, None if the grader gave none."""
        with suppress(BlockingIOError):
            return int.from_bytes(self.bell.recv(READ_BYTES, socket.MSG_DONTWAIT)[-NUMBER_BYTES:], "big")
        return None

    def has_request(self) -> bool:
        """Whether the next request has come already."""
        assert self.outputs is not None
        return bool(select.select([self.outputs], [], [], 0)[0])

    def receive(self) -> dict[str, Any]:
        """Return the next request; the process ends when the connection does."""
        assert self.outputs is not None
        with self.outputs.makefile("rb", buffering=0) as file:
            head = _read(file, 4)
            request: dict[str, Any] = json.loads(_read(file, int.from_bytes(head, "big")))
        return request


def _read(file: Any, count: int) -> bytes:
    parts = b""
    while len(parts) < count:
        part = file.read(count - len(parts))
        if not part:
            os._exit(0)
        parts += part
    return parts


class Stream(io.TextIOBase):
    """What `sys.stdout` or `sys.stderr` is in the kernel."""

    encoding, errors = "utf-8", "replace"

    def __init__(self, line: Line, name: str) -> None:
        self.line, self.name = line, name
        self._parts: list[str] = []
        self._characters, self._flushed = 0, 0.0

    def writable(self) -> bool:
        """Whether it can be written to: yes."""
        return True

    def write(self, text: str) -> int:
        """Keep a text and send it soon, together with others."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._parts.append(text)
        self._characters += len(text)
        if self._characters > BUFFERED_CHARACTERS or monotonic() > self._flushed + BUFFERED_SECONDS:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what was written since the last time."""
        self._flushed = monotonic()
        parts, self._parts, self._characters = self._parts, [], 0
        if parts:
            self.line.send(None, "stream", {"name": self.name, "text": "".join(parts)})


class Shell(ZMQInteractiveShell):  # type: ignore[misc]
    """IPython's shell, which turns a cell into plain Python only once, and not at all if it is that already."""

    is_python = False
    _transformed = ("", "")  # the last cell, and what it was turned into

    def should_run_async(self, raw_cell: str, *ignored: Any, **also_ignored: Any) -> bool:
        """Whether a cell uses `await` outside of a function."""
        if self.is_python or ("await" not in raw_cell and "async" not in raw_cell):
            return False
        return bool(super().should_run_async(raw_cell, *ignored, **also_ignored))

    def transform_cell(self, raw_cell: str) -> str:
        """Return a cell's source as plain Python. IPython asks twice: to look for `await`, and to run the cell."""
        if self.is_python or is_plain_python(raw_cell):
            return raw_cell
        if self._transformed[0] != raw_cell or not raw_cell:
            self._transformed = raw_cell, super().transform_cell(raw_cell)
        return self._transformed[1]

    def showtraceback(self, exc_tuple: Any = None, *others: Any, **settings: Any) -> None:
        """Show an error; of one in a test, the frames in the notebook's cells and the message.

        Nobody is shown the other frames, and to find their lines IPython reads the whole files that they are in.
        """
        kind, error, trace = exc_tuple or sys.exc_info()
        if self.is_python and kind is not None and not issubclass(kind, SyntaxError):
            trace = self._in_cells(trace)
            if trace is None:
                with suppress(Exception):  # an error may fail to say what it is
                    self._showtraceback(kind, error, [f"{kind.__name__}: {error}"])
                    return
            exc_tuple, settings["tb_offset"] = (kind, error, trace), 0
        super().showtraceback(exc_tuple, *others, **settings)

    def _in_cells(self, trace: TracebackType | None) -> TracebackType | None:
        """Return a traceback without the frames that are in no cell; None if none is."""
        frames = []
        while trace is not None:
            if trace.tb_frame.f_code.co_filename in self.compile._filename_map:
                frames.append(trace)
            trace = trace.tb_next
        kept = None
        for frame in reversed(frames):
            kept = TracebackType(kept, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
        return kept

    def _format_exception_for_storage(self, *ignored: Any, **also_ignored: Any) -> dict[str, Any]:
        """Format no error a second time: IPython would, for a history that nobody asks for."""
        return {}


def is_plain_python(source: str) -> bool:
    """Whether IPython would leave a cell as it is, which it finds out by taking every word of it.

    None of its own notation is Python, but for a prompt that was copied with the code (`In [1]: x = 1`); and it takes
    away empty lines at the beginning.
    """
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return not source[:1].isspace() and not PROMPT.search(source)


class PipeKernel(IPythonKernel):  # type: ignore[misc]
    """A kernel with one client that asks one thing at a time."""

    shell_class = Shell
    session: Line

    def __init__(self) -> None:
        config = Config()
        config.HistoryManager.enabled = False  # it would need a file and a thread
        os.environ.setdefault("MPLBACKEND", INLINE)
        super().__init__(config=config, session=Line(), log=logging.getLogger("kernel"))
        self.log.setLevel(logging.CRITICAL)
        self.streams = Stream(self.session, "stdout"), Stream(self.session, "stderr")

    def warm_up(self) -> None:
        """Run a few cells, so that all they need is imported, and forget them."""
        before = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = self.streams
        for code in [*WARM_UP, *([DRAW] if "matplotlib.pyplot" in sys.modules else [])]:
            self._run(code)
        get_lexer_by_name("python3")  # it compiles the rules by which the lines of an error are coloured
        sys.stdout, sys.stderr = before
        self.shell.reset(new_session=True)

    def serve(self, line: int, bell: int) -> NoReturn:
        """Answer requests on a connection until its end."""
        self.session.open(line, bell)
        self._forward_input(allow_stdin=False)  # there is nobody to ask
        self.shell.init_environment()
        os.environ.setdefault("MPLBACKEND", INLINE)
        asyncio.set_event_loop(asyncio.new_event_loop())
        sys.stdout, sys.stderr = self.streams
        os.register_at_fork(before=self._flush, after_in_child=self._leave)
        self.request = -1  # its number: how many came before it
        while True:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            request = self.session.receive()
            self.request += 1
            self.shell.is_python = request["is_python"]
            try:
                signal.signal(signal.SIGINT, self._interrupt)
                reply = self._run(request["code"])
                signal.signal(signal.SIGINT, signal.SIG_IGN)
            except BaseException as error:  # an interrupt that came after the code had ended
                reply = {"status": "error", "ename": type(error).__name__, "evalue": str(error), "traceback": []}
            if self.session.outputs is None:
                os._exit(0)
            self._flush()
            self.session.send(None, "execute_reply", json_clean(reply))
            if not self.session.has_request():  # else the grader reads this reply together with the next one
                self.session.ring()

    def _interrupt(self, *signal_and_frame: Any) -> None:
        """Interrupt the running code, unless the grader meant the code before it, which has just ended."""
        is_forked = self.session.outputs is None  # the grader does not know of this process
        if is_forked or self.session.interrupted() in (None, self.request):
            raise KeyboardInterrupt

    def _run(self, code: str) -> dict[str, Any]:
        """Run code and return the content of Jupyter's reply."""
        error = self._run_python(code) if self.shell.is_python else self._run_cell(code)
        reply = {
            "status": "ok" if error is None else "error",
            "execution_count": self.shell.execution_count - 1,
            "payload": self.shell.payload_manager.read_payload(),
        }
        self.shell.payload_manager.clear_payload()
        if error is not None:
            traceback = self.shell._last_traceback or []
            reply |= {"ename": type(error).__name__, "evalue": str(error), "traceback": traceback}
        return reply

    def _run_cell(self, code: str) -> BaseException | None:
        """Run a cell as IPython does, and return the error that it ended in."""
        result = self.shell.run_cell(code, store_history=True)
        error: BaseException | None = result.error_before_exec or result.error_in_exec
        return error

    def _run_python(self, code: str) -> BaseException | None:
        """Run what the grader asks, without what IPython does for somebody who types: history, results, `await`."""
        self.shell._last_traceback = None
        try:
            with self.shell.builtin_trap:
                exec(compile(code, "<asked>", "exec", dont_inherit=True), self.shell.user_ns)
        except BaseException as error:
            self.shell.showtraceback(running_compiled_code=True)  # of a SyntaxError, too, show what led to it
            return error
        finally:
            self.shell.events.trigger("post_execute")  # which shows what was drawn
            self.shell.execution_count += 1
        return None

    def _flush(self) -> None:
        for stream in self.streams:
            stream.flush()

    def _leave(self) -> None:
        """Close the connections in a process that the cell's code forked: it is not a kernel."""
        self.session.close()
