"""Kernels that are forked instead of started: the grader's side of `forkserver`.

The sandbox is bubblewrap's, made with the same arguments as for a kernel that is started in it; what holds it open is
`cat`. The kernel then comes in from outside, and the sandbox ends it as it ends everything in it.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from traitlets import Any as AnyTrait

from tinytorch.course.sandbox import (
    SUBMISSION,
    BubblewrapProvisioner,
    clean_environment,
    find_tool,
    font_caches,
    other_user,
)
from tinytorch.course.seccomp import no_user_namespaces

START_SECONDS = 60.0


class ForkServer:
    """A running fork server. Processes that were forked after its start may all ask it."""

    def __init__(self, modules: Sequence[str] = ()) -> None:
        """Start it, to import these modules while others go on; `wait` for it before the first fork."""
        self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._folder = tempfile.mkdtemp(prefix="tinytorch-fork-server-")
        for cache in font_caches():
            shutil.copyfile(cache, Path(self._folder) / cache.name)
        script = Path(__file__).with_name("forkserver.py")
        interpreter = _sealed_interpreter()
        try:
            self._process = subprocess.Popen(
                [sys.executable, str(script), str(theirs.fileno()), *modules],
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
        """Wait until it is ready; raises `OSError` if it never will be."""
        self._requests.settimeout(START_SECONDS)
        if self._requests.recv(1) != b"1":
            raise OSError("the process that kernels are forked from does not start")

    def fork(self, sandbox_pid: int, request: dict[str, Any]) -> int:
        """Fork a kernel into the sandbox that this process is in; give a handle of the kernel's process.

        Raises:
            OSError: the kernel could not enter the sandbox.
        """
        ours, theirs = socket.socketpair()
        sandbox = os.pidfd_open(sandbox_pid)
        try:
            message = json.dumps({**request, "pid": sandbox_pid}).encode()
            socket.send_fds(self._requests, [message], [sandbox, theirs.fileno()])
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
        """End it; its kernels go on."""
        self._requests.close()
        if os.getpid() == self._owner:
            self._process.kill()
            self._process.wait()
            shutil.rmtree(self._folder, ignore_errors=True)


def _sealed_interpreter() -> int:
    """Give a copy of the interpreter in memory that nobody can write to.

    A forked kernel's /proc/self/exe leads past its sandbox' read-only mounts to the file that the server was started
    from (as in CVE-2019-5736), which may be the grader's own.
    """
    import fcntl  # which Windows does not have, and whose seals are Linux' only; students work elsewhere, too

    seals = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
    descriptor = os.memfd_create("python", os.MFD_ALLOW_SEALING | os.MFD_CLOEXEC)
    with open(os.path.realpath(sys.executable), "rb") as original:
        while os.sendfile(descriptor, original.fileno(), None, 2**24):
            pass
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    return descriptor


class ForkedProvisioner(BubblewrapProvisioner):
    """A kernel inside bubblewrap, forked from a process that has imported what notebooks import."""

    server = AnyTrait(help="The ForkServer.")

    _kernel: int | None = None  # a handle of its process

    def confine(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Have bubblewrap start what holds the sandbox open, and keep the kernel's arguments for later."""
        module = kwargs["cmd"].index("ipykernel_launcher")
        self.arguments = kwargs["cmd"][module + 1 :]
        cat = find_tool("cat")
        self.extra_binds = ["--ro-bind", cat, cat]
        return super().confine({**kwargs, "cmd": [cat]})

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Have the sandbox made, and the kernel forked into it."""
        told, tell = os.pipe()
        try:
            place = cmd.index("--unshare-net")
            cmd = [*cmd[:place], "--info-fd", str(tell), *cmd[place:]]
            kwargs |= {"pass_fds": (*kwargs["pass_fds"], tell), "stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            connection = await super().launch_kernel(cmd, **kwargs)
        finally:
            os.close(tell)
        with open(told, encoding="utf-8") as about:
            sandbox_pid = json.loads(about.read() or '{"child-pid": 0}')["child-pid"]
        if not sandbox_pid or not self._answers():  # cat answers when all mounts are made
            raise OSError("bubblewrap could not make the sandbox")
        request = {
            "arguments": self.arguments,
            "environment": {name: value for name, value in kwargs["env"].items() if name != "JPY_PARENT_PID"},
            "folder": SUBMISSION if self.folder else "/",
            "limits": self.limits.by_name(),
            "user": other_user(),
            "filter": no_user_namespaces().hex(),
        }
        self._kernel = self.server.fork(sandbox_pid, request)
        return connection

    def _answers(self) -> bool:
        """Wait until what holds the sandbox open is there, by having it repeat a letter."""
        process: Any = self.process
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(b"?")
            process.stdin.flush()
        return bool(process.stdout.read(1))

    async def poll(self) -> int | None:
        """Look whether the kernel runs; end it if it and its children use too much together."""
        code = await super().poll()
        if code is None and self._kernel is not None and select.select([self._kernel], [], [], 0)[0]:
            await self.kill()  # what it left behind in the sandbox
            return 1
        return code

    async def cleanup(self, restart: bool = False) -> None:
        """Remove what belongs to the kernel."""
        await super().cleanup(restart)
        if self._kernel is not None:
            os.close(self._kernel)
            self._kernel = None
