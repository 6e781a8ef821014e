"""IPython's shell without Jupyter around it, for `tito check`: requests come in, and outputs go out, on one connection.

To start a Jupyter kernel takes a second. This one is a copy of the checking process, which has NumPy and IPython, and
so it is there at once. It speaks as `pipe_kernel` does: a frame is a length of four bytes and a JSON object, and a byte
on the second connection, the bell, says that something was sent. Its messages are those of Jupyter's protocol.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import sys
import threading
import traceback
from contextlib import suppress
from typing import Any, NoReturn

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from tinytorch.course.sandbox.inside.no_commands import load_ipython_extension

BUFFERED_CHARACTERS = 8192
TEST_FILE = "<test>"  # the name under which `verdict.witness` compiles a test
CELL_FILE = re.compile(r"<ipython-input-(\d+)-")  # the name under which IPython compiles a cell


class Connection:
    """The connection to the checking process."""

    def __init__(self, line: socket.socket, bell: socket.socket) -> None:
        self.line, self.bell, self.lock = line, bell, threading.RLock()
        self.owner = os.getpid()

    def send(self, kind: str, content: dict[str, Any]) -> None:
        """Send a message; a process that the cell's code forked sends none."""
        if os.getpid() != self.owner:
            return
        frame = json.dumps({"kind": kind, "content": content}, default=repr).encode("utf-8", "replace")
        signals = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # which could leave half a frame
        try:
            with self.lock:
                self.line.sendall(len(frame).to_bytes(4, "big") + frame)
                with suppress(BlockingIOError):
                    self.bell.send(b"!", socket.MSG_DONTWAIT)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, signals)

    def receive(self) -> dict[str, Any]:
        """Return the next request; the process ends when the connection does."""
        request: dict[str, Any] = json.loads(self._read(int.from_bytes(self._read(4), "big")))
        return request

    def _read(self, count: int) -> bytes:
        parts = b""
        while len(parts) < count:
            part = self.line.recv(count - len(parts))
            if not part:
                os._exit(0)
            parts += part
        return parts


class Stream:
    """What `sys.stdout` or `sys.stderr` is."""

    encoding, errors, closed = "utf-8", "replace", False

    def __init__(self, connection: Connection, name: str) -> None:
        self.connection, self.name = connection, name
        self._parts: list[str] = []
        self._characters = 0

    def write(self, text: str) -> int:
        """Keep a text, and send it with others when it is much or when the cell ends."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._parts.append(text)
        self._characters += len(text)
        if self._characters > BUFFERED_CHARACTERS:
            self.flush()
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Send what was written since the last time."""
        parts, self._parts, self._characters = self._parts, [], 0
        if parts:
            self.connection.send("stream", {"name": self.name, "text": "".join(parts)})

    def isatty(self) -> bool:
        """Whether this is a terminal: no."""
        return False

    def writable(self) -> bool:
        """Whether it can be written to: yes."""
        return True

    readable = seekable = isatty


class Publisher(DisplayPublisher):
    """Sends what a cell displays."""

    def publish(self, data: Any, metadata: Any = None, *ignored: Any, **also_ignored: Any) -> None:
        """Send one thing that is displayed."""
        self.shell.send("display_data", {"data": data, "metadata": metadata or {}})

    def clear_output(self, wait: bool = False) -> None:
        """Take back what was displayed."""
        self.shell.send("clear_output", {"wait": wait})


class Hook(DisplayHook):
    """Sends the value of a cell's last line."""

    def write_output_prompt(self) -> None:
        """Write no prompt: the notebook shows its own."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        """Send the value in all forms in which it can be shown."""
        content = {"data": format_dict, "metadata": md_dict or {}, "execution_count": self.prompt_count}
        self.shell.send("execute_result", content)


class Shell(InteractiveShell):
    """IPython's shell, whose outputs go to the checking process."""

    display_pub_class = Publisher
    displayhook_class = Hook
    connection: Connection
    is_python = asked_to_exit = False

    def send(self, kind: str, content: dict[str, Any]) -> None:
        """Send an output, after what was printed before it."""
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):  # a cell may have put something else there
                stream.flush()
        self.connection.send(kind, content)

    def ask_exit(self) -> None:
        """Note that the code called `exit`."""
        self.asked_to_exit = True

    def enable_gui(self, gui: Any = None) -> None:
        """Do nothing: there is no window to draw in."""

    def should_run_async(self, raw_cell: str, *ignored: Any, **also_ignored: Any) -> bool:
        """Whether a cell uses `await` outside of a function."""
        return not self.is_python and super().should_run_async(raw_cell, *ignored, **also_ignored)

    def transform_cell(self, raw_cell: str) -> str:
        """Return a cell's source as plain Python."""
        return raw_cell if self.is_python else str(super().transform_cell(raw_cell))  # type: ignore[no-untyped-call]

    def showtraceback(self, exc_tuple: Any = None, *ignored: Any, **also_ignored: Any) -> None:
        """Send an error, with the lines of cells that it passed through."""
        error: Any = (exc_tuple or sys.exc_info())[1]
        cells = [(CELL_FILE.match(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
        lines = [f"Cell In[{found[1]}], line {line}" for found, line in cells if found]
        asked = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == TEST_FILE]
        lines += [f"Asked in line {line}" for line in asked[:1]]
        if isinstance(error, SyntaxError) and (found := CELL_FILE.match(error.filename or "")):
            lines.append(f"Cell In[{found[1]}], line {error.lineno}")
        name, said = type(error).__name__, _said(error)
        self.send("error", {"ename": name, "evalue": said, "traceback": [*lines, f"{name}: {said}"]})

    def showsyntaxerror(self, *ignored: Any, **also_ignored: Any) -> None:
        """Send a syntax error."""
        self.showtraceback()

    showindentationerror = showsyntaxerror

    def _format_exception_for_storage(self, *ignored: Any, **also_ignored: Any) -> dict[str, Any]:
        """Format no error a second time: IPython would, for a history that nobody asks for."""
        return {}


def _said(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "<exception str() failed>"


def make_shell() -> Shell:
    """Make the shell that copies of this process will use."""
    config = Config()
    config.HistoryManager.enabled = False  # it would need a file and a thread
    shell: Shell = Shell.instance(config=config)
    load_ipython_extension(shell)  # a check says what grading will, and installs nothing
    return shell


def serve(shell: Shell, line: socket.socket, bell: socket.socket) -> NoReturn:
    """Answer requests until the connection ends."""
    shell.connection = connection = Connection(line, bell)
    sys.stdout, sys.stderr = Stream(connection, "stdout"), Stream(connection, "stderr")
    random.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    while True:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        request = connection.receive()
        shell.is_python = request["is_python"]
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            reply = _run(shell, request["code"])
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        except BaseException as error:  # an interrupt that came after the code had ended
            reply = {"status": "error", "ename": type(error).__name__, "evalue": str(error), "traceback": []}
        if os.getpid() != connection.owner:
            os._exit(0)
        shell.send("execute_reply", reply)


def _run(shell: Shell, code: str) -> dict[str, Any]:
    """Run code and return the content of Jupyter's reply."""
    result = shell.run_cell(code, store_history=True)  # type: ignore[no-untyped-call]
    error = result.error_before_exec or result.error_in_exec
    reply = {
        "status": "ok" if error is None else "error",
        "execution_count": shell.execution_count - 1,
        "payload": [{"source": "ask_exit"}] if shell.asked_to_exit else [],
    }
    if error is not None:
        reply |= {"ename": type(error).__name__, "evalue": _said(error), "traceback": []}
    return reply
