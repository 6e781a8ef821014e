"""Kernels of each kind, running in a sandbox, to talk to without a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tinytorch.course.sandbox.copied_kernel import CopiedKernel
from tinytorch.course.sandbox.forked_kernel import ForkedKernel, ForkServer
from tinytorch.course.sandbox.jupyter_kernel import JupyterKernel
from tinytorch.course.sandbox.kernel import Kernel
from tinytorch.course.sandbox.limits import Limits

LIMITS = Limits.of_submission(memory_gigabytes=4, submission_seconds=120)
KINDS = ("forked", "copied", "jupyter in bubblewrap", "jupyter with limits")


@contextmanager
def fork_server(modules: Sequence[str] = ()) -> Iterator[ForkServer]:
    """Run a fork server."""
    server = ForkServer(modules)
    try:
        server.wait()
        yield server
    finally:
        server.close()


@contextmanager
def forked(server: ForkServer, folder: Path) -> Iterator[ForkedKernel]:
    """Run a kernel that is forked from a server."""
    kernel = ForkedKernel(server, *folders(folder), LIMITS)
    try:
        yield kernel
    finally:
        kernel.end()


@contextmanager
def copied(folder: Path) -> Iterator[CopiedKernel]:
    """Run a kernel that is a copy of this process."""
    kernel = CopiedKernel(*folders(folder), LIMITS)
    try:
        yield kernel
    finally:
        kernel.end()


@contextmanager
def started(isolation: str, folder: Path) -> Iterator[JupyterKernel]:
    """Run a kernel that Jupyter starts."""
    kernel = JupyterKernel("python3", [], isolation, *folders(folder), LIMITS)
    try:
        yield kernel
    finally:
        kernel.end()


@contextmanager
def kernel_of(kind: str, folder: Path) -> Iterator[Kernel]:
    """Run a kernel of one of `KINDS`."""
    if kind == "forked":
        with fork_server() as server, forked(server, folder) as kernel:
            yield kernel
    elif kind == "copied":
        with copied(folder) as kernel:
            yield kernel
    else:
        with started("bubblewrap" if "bubblewrap" in kind else "limits", folder) as kernel:
            yield kernel


def folders(folder: Path) -> tuple[Path, Path]:
    """Make the folders of the staged package and of the submission, which the sandbox' user can read."""
    made = folder / "stage", folder / "submission"
    for each in made:
        each.mkdir(exist_ok=True)
        each.chmod(0o755)
    return made


def run(kernel: Kernel, code: str) -> list[tuple[str, dict]]:
    """Run code to its end; return the kind and the content of each message, the reply last."""
    kernel.ask(code, is_python=False)
    return receive(kernel)


def receive(kernel: Kernel) -> list[tuple[str, dict]]:
    """Return what comes until the reply, or until there is no kernel any more."""
    got: list[tuple[str, dict]] = []
    while kernel.is_alive() and not kernel.is_cut_off:
        got += [(message.kind, message.content) for message in kernel.receive(0.2)]
        if got and got[-1][0] == "execute_reply":
            break
    return got


def printed(messages: list[tuple[str, dict]]) -> str:
    """Return what was printed."""
    return "".join(content["text"] for kind, content in messages if kind == "stream")
