"""Kernels that are forked instead of started: the grader's side of `inside.fork_server` and `inside.pipe_kernel`.

bubblewrap makes the sandbox with the same arguments as for a kernel that is started in it, and `cat` keeps it open. The
kernel then enters it from outside, and ends with the sandbox as everything in it does.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

from tinytorch.course.sandbox.bubblewrap import (
    HOME,
    PACKAGE,
    SCRATCH,
    SUBMISSION,
    filter_file,
    find_tool,
    other_user,
    sandboxed,
    submission_binds,
)
from tinytorch.course.sandbox.environment import clean_environment, font_caches
from tinytorch.course.sandbox.kernel import LARGEST_MESSAGE_BYTES, KernelMessage
from tinytorch.course.sandbox.limits import CHECK_SECONDS, Limits
from tinytorch.course.sandbox.seccomp import no_user_namespaces
from tinytorch.course.sandbox.temporary import current_run_folder

START_SECONDS = 60.0
READ_BYTES = 2**18
MOST_READS = 16  # in one go, so that a kernel which sends without end is looked at in between
CLOSING_SECONDS = 1.0  # how long after its connections a kernel may end
HEAD_BYTES = 4  # of a message: the length of what follows
NUMBER_BYTES = 4  # of a request: how many came before it


class ForkServer:
    """A running fork server. All processes that were forked after its start may use it."""

    def __init__(self, modules: Sequence[str] = ()) -> None:
        """Start it, and have it import these modules in the meantime; `wait` for it before the first fork."""
        self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._folder = tempfile.mkdtemp(prefix="tinytorch-fork-server-")
        for cache in font_caches():
            shutil.copyfile(cache, Path(self._folder) / cache.name)
        script = Path(__file__).parent / "inside" / "fork_server.py"
        interpreter = _sealed_interpreter()
        try:
            self._process = subprocess.Popen(
                [sys.executable, str(script), str(theirs.fileno()), current_run_folder(), *modules],
                executable=f"/proc/self/fd/{interpreter}",
                env=clean_environment(self._folder, self._folder, ""),
                cwd="/",
                pass_fds=(theirs.fileno(), interpreter),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        finally:
            os.close(interpreter)
            theirs.close()
        self._owner = os.getpid()

    def wait(self) -> None:
        """Wait until it is ready, or raise `OSError` if it does not start."""
        self._requests.settimeout(START_SECONDS)
        described = self._requests.recv(READ_BYTES)
        if not described:
            raise OSError("the process that kernels are forked from does not start")
        self.language_info: dict[str, Any] = json.loads(described)

    def fork(self, sandbox_pid: int, request: dict[str, Any], line: Sequence[int]) -> int:
        """Fork a kernel into the sandbox of process `sandbox_pid` and return a descriptor of the kernel's process.

        Args:
            sandbox_pid: a process in the sandbox.
            request: what `inside.fork_server` needs to know about the kernel.
            line: the descriptors of the kernel's two connections.

        Raises:
            OSError: the kernel could not enter the sandbox.
        """
        ours, theirs = socket.socketpair()
        sandbox = os.pidfd_open(sandbox_pid)
        try:
            message = json.dumps({**request, "pid": sandbox_pid}).encode()
            socket.send_fds(self._requests, [message], [sandbox, theirs.fileno(), *line])
        finally:
            os.close(sandbox)
            theirs.close()
        with ours:
            ours.settimeout(START_SECONDS)
            answer, handles, _, _ = socket.recv_fds(ours, 4096, 1)
        if answer != b"1" or not handles:
            raise OSError(f"no kernel could be forked into the sandbox ({answer[1:].decode()})")
        return handles[0]

    def close(self) -> None:
        """End it; its kernels keep running."""
        self._requests.close()
        if os.getpid() == self._owner:
            self._process.kill()
            self._process.wait()
            shutil.rmtree(self._folder, ignore_errors=True)


def _sealed_interpreter() -> int:
    """Return the descriptor of a copy of the interpreter, in memory, that nobody can write to.

    A forked kernel's /proc/self/exe leads past the sandbox's read-only mounts to the file that the server was started
    from (as in CVE-2019-5736), which may be the grader's own interpreter.
    """
    import fcntl  # which Windows, where students work too, does not have; its seals exist on Linux only

    seals = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
    descriptor = os.memfd_create("python", os.MFD_ALLOW_SEALING | os.MFD_CLOEXEC)
    with open(os.path.realpath(sys.executable), "rb") as original:
        while os.sendfile(descriptor, original.fileno(), None, 2**24):
            pass
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    return descriptor


class ForkedKernel:
    """A kernel inside bubblewrap, forked from a process that has imported what notebooks import."""

    asks_ahead_bytes = 65_536  # the connection takes three times as much before `ask` has to wait

    def __init__(self, server: ForkServer, stage: Path, folder: Path, limits: Limits) -> None:
        """Make the sandbox and fork the kernel into it; raises `OSError` if that fails."""
        self.language_info, self.limits = server.language_info, limits
        self.stopped_because, self.is_cut_off = "", False
        self._checked, self._arrived, self._replies = monotonic(), bytearray(), 0
        self._handle = -1  # the descriptor of the kernel's process
        self._sandbox: subprocess.Popen[bytes] | None = None
        self._line, line = socket.socketpair()
        self._bell, bell = socket.socketpair()
        self._line.setblocking(False)
        self._bell.setblocking(False)
        try:
            sandbox_pid = self._make_sandbox(stage, folder)
            request = {
                "environment": clean_environment(HOME, f"{SCRATCH}/matplotlib", PACKAGE),
                "folder": SUBMISSION,
                "limits": limits.by_name(),
                "user": other_user(),
                "filter": no_user_namespaces().hex(),
            }
            self._handle = server.fork(sandbox_pid, request, [line.fileno(), bell.fileno()])
        except BaseException:
            self.end()
            raise
        finally:
            line.close()
            bell.close()

    def _make_sandbox(self, stage: Path, folder: Path) -> int:
        """Start bubblewrap and return the number of the process that keeps the sandbox open."""
        user, cat = other_user(), find_tool("cat")
        if user is not None:
            os.chown(stage, user, user)
        told, tell = os.pipe()
        rules = filter_file()
        binds = ["--ro-bind", cat, cat, *submission_binds(stage, folder)]
        try:
            self._sandbox = sandbox = subprocess.Popen(
                sandboxed([cat], binds, user, self.limits, rules, tell),
                env=clean_environment(HOME, f"{SCRATCH}/matplotlib", PACKAGE),
                cwd="/",
                pass_fds=(rules, tell),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                start_new_session=True,
            )
        finally:
            os.close(tell)
            os.close(rules)
        with open(told, encoding="utf-8") as about:
            described = about.read()
        with suppress(BrokenPipeError):
            sandbox.stdin.write(b"?")  # type: ignore[union-attr]
        if not described or not sandbox.stdout.read(1):  # type: ignore[union-attr]
            raise OSError("bubblewrap could not make the sandbox")  # cat answers once all mounts are made
        return int(json.loads(described)["child-pid"])

    def ask(self, code: str, *, is_python: bool) -> None:
        """Ask the kernel to run code."""
        frame = json.dumps({"code": code, "is_python": is_python}).encode()
        self._line.settimeout(START_SECONDS)
        self._line.sendall(len(frame).to_bytes(HEAD_BYTES, "big") + frame)
        self._line.setblocking(False)

    def receive(self, seconds: float) -> Sequence[KernelMessage]:
        """Return the messages that have come; wait for them, but not longer than this."""
        if self._handle < 0:  # it has been ended
            return []
        select.select([self._bell.fileno(), self._handle], [], [], seconds)
        with suppress(BlockingIOError, ConnectionError):
            self._bell.recv(READ_BYTES)
        messages: list[KernelMessage] = []
        with suppress(BlockingIOError, ConnectionError):
            for _ in range(MOST_READS):
                arrived = self._line.recv(READ_BYTES)
                self._arrived += arrived
                messages += self._messages()
                if not arrived and not select.select([self._handle], [], [], CLOSING_SECONDS)[0]:
                    self._hang_up()
                if len(arrived) < READ_BYTES:
                    break
        return messages

    def _messages(self) -> Iterator[KernelMessage]:
        """Return the messages of which all bytes have come."""
        while len(self._arrived) >= HEAD_BYTES and not self.is_cut_off:
            size = HEAD_BYTES + int.from_bytes(self._arrived[:HEAD_BYTES], "big")
            if size > LARGEST_MESSAGE_BYTES:
                self.is_cut_off = True
            if len(self._arrived) < size:
                return
            frame = bytes(self._arrived[HEAD_BYTES:size])
            del self._arrived[:size]
            try:
                message = json.loads(frame)
                self._replies += message["kind"] == "execute_reply"
                yield KernelMessage(str(message["kind"]), dict(message["content"]), size)
            except Exception:  # the code wrote to the connection itself
                self._hang_up()

    def _hang_up(self) -> None:
        self.stopped_because = "this cell used the connection that its outputs are sent on"
        self.end()

    def is_alive(self) -> bool:
        """Whether it runs; end it if it and the processes that it started use too much."""
        if self._handle < 0 or self._sandbox is None:
            return False
        if monotonic() > self._checked + CHECK_SECONDS:
            self._checked = monotonic()
            self.stopped_because = self.limits.fault(self._sandbox.pid)
            if self.stopped_because:
                self.end()
                return False
        return not select.select([self._handle], [], [], 0)[0] and self._sandbox.poll() is None

    def interrupt(self) -> None:
        """Interrupt the request whose reply comes next; if it has just ended, the one after it is not meant."""
        with suppress(OSError):  # the process has ended, or does not read which one is meant
            self._bell.send(self._replies.to_bytes(NUMBER_BYTES, "big"))
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGINT)

    def end(self) -> None:
        """End it, and everything in its sandbox."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
        self._line.close()
        self._bell.close()
        if self._sandbox is not None:
            self._sandbox.kill()
            for pipe in (self._sandbox.stdin, self._sandbox.stdout):
                pipe.close()  # type: ignore[union-attr]
            self._sandbox.wait()
            self._sandbox = None
