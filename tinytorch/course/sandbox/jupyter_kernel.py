"""A kernel that Jupyter starts in the chosen isolation; the grader talks to it over ZeroMQ."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any

import zmq
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from tinytorch.course.sandbox.kernel import LARGEST_MESSAGE_BYTES, KernelMessage
from tinytorch.course.sandbox.limits import Limits
from tinytorch.course.sandbox.provisioners import kernel_manager_in
from tinytorch.course.sandbox.staged_package import EXTENSION, staged_environment

START_SECONDS = 60.0  # how long it may take to answer at all
READY_SECONDS = 0.1  # how long one attempt to hear from the kernel may take
LOAD_EXTENSION = f"--InteractiveShellApp.extensions={EXTENSION.stem}"
IDLE_SECONDS = 10.0  # how long after the reply the last outputs may come


class JupyterKernel:
    """Jupyter's own kernel. References: Jupyter's messaging protocol, jupyter_client's `KernelManager`."""

    asks_ahead_bytes = 0  # it may be any kernel

    def __init__(
        self, name: str, arguments: Sequence[str], isolation: str, stage: Path, folder: Path, limits: Limits
    ) -> None:
        """Start it; raises `RuntimeError` if it does not answer."""
        self.is_cut_off = False
        self._message_id = ""
        self._reply: KernelMessage | None = None
        self._is_idle, self._idle_by = False, 0.0
        self._manager = KernelManager(kernel_name=name)
        kernel_manager_in(self._manager, isolation, stage, folder, limits)
        # What it writes without Jupyter must not reach the grader's terminal.
        self._manager.start_kernel(
            extra_arguments=[*arguments, *([] if isolation == "none" else [LOAD_EXTENSION])],
            cwd=str(folder),
            env=staged_environment(stage),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._client: BlockingKernelClient = self._manager.client()
        # The context's options become those of its sockets.
        self._client.context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE_BYTES)
        # No channel for questions, which nobody answers, and no heartbeat: the provisioner knows whether it runs.
        self._client.start_channels(stdin=False, hb=False)
        self._client.allow_stdin = False
        self.language_info = self._wait_until_ready()
        self._poller = zmq.Poller()
        # ZeroMQ ends the connection when a message is too large.
        self._cut_off = self._client.iopub_channel.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        for socket in (self._client.shell_channel.socket, self._client.iopub_channel.socket, self._cut_off):
            self._poller.register(socket, zmq.POLLIN)

    def _wait_until_ready(self) -> dict[str, Any]:
        """Wait until it answers on both channels. jupyter_client's own way waits 0.2 s longer."""
        give_up, described, heard = monotonic() + START_SECONDS, None, False
        while not (described and heard):
            if monotonic() > give_up or not self.is_alive():
                self.end()
                raise RuntimeError("the kernel did not start")
            self._client.kernel_info()
            with suppress(Empty):
                answer = self._client.get_shell_msg(timeout=1.0)
                described = answer["content"].get("language_info") or described
                heard |= bool(self._client.get_iopub_msg(timeout=READY_SECONDS))
        return dict(described)

    @property
    def stopped_because(self) -> str:
        """A sentence about "this cell", if the kernel was ended for using too much."""
        return str(getattr(self._manager.provisioner, "stopped_because", ""))

    def ask(self, code: str, *, is_python: bool) -> None:
        """Ask the kernel to run code."""
        self._reply, self._is_idle = None, False
        self._message_id = self._client.execute(code, allow_stdin=False, stop_on_error=False)

    def receive(self, seconds: float) -> Sequence[KernelMessage]:
        """Return what has come: outputs, and the reply once the kernel says that no more outputs will come."""
        ready = dict(self._poller.poll(int(seconds * 1000)))
        messages = []
        for channel in (self._client.iopub_channel, self._client.shell_channel):
            if channel.socket in ready:
                message = self._read(channel.socket.recv_multipart())
                if message.kind == "execute_reply":
                    self._reply, self._idle_by = message, monotonic() + IDLE_SECONDS
                elif message.kind == "status" and message.content.get("execution_state") == "idle":
                    self._is_idle = True
                else:
                    messages.append(message)
        if self._cut_off in ready:
            self._cut_off.recv_multipart()
            self.is_cut_off = True
        if self._reply is not None and self._is_idle:
            messages.append(self._reply)
        self.is_cut_off |= self._reply is not None and not self._is_idle and monotonic() > self._idle_by
        return messages

    def _read(self, parts: list[bytes]) -> KernelMessage:
        size_bytes = sum(map(len, parts))
        with suppress(Exception):
            message = self._client.session.deserialize(self._client.session.feed_identities(parts)[1])
            if message["parent_header"].get("msg_id") == self._message_id:
                return KernelMessage(message["msg_type"], message["content"], size_bytes)
        return KernelMessage("", {}, size_bytes)

    def is_alive(self) -> bool:
        """Whether it runs."""
        return bool(self._manager.is_alive())

    def interrupt(self) -> None:
        """Interrupt the running code."""
        self._manager.interrupt_kernel()

    def end(self) -> None:
        """End it."""
        if self._manager.has_kernel:
            self._manager.shutdown_kernel(now=True)
        if hasattr(self, "_client"):
            self._client.stop_channels()
