"""The grader's side of a forked kernel: what comes from the sandbox is bounded, and may be anything."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.helpers.kernels import fork_server, forked, receive, run
from tests.helpers.orphans import adopting_orphans, descendants, left_running
from tinytorch.course.sandbox.bubblewrap import find_tool
from tinytorch.course.sandbox.forked_kernel import ForkServer
from tinytorch.course.sandbox.kernel import LARGEST_MESSAGE_BYTES


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with fork_server() as running:
        yield running


def test_who_sends_too_large_a_message_is_cut_off_before_it_is_here(server: ForkServer, tmp_path: Path) -> None:
    with forked(server, tmp_path) as kernel:
        run(kernel, f"from IPython.display import HTML, display\ndisplay(HTML('x' * {LARGEST_MESSAGE_BYTES}))")
        assert kernel.is_cut_off


SENT = {"no message": b"\x00\x00\x00\x02{}", "no JSON": b"\x00\x00\x00\x01!"}


@pytest.mark.parametrize("what", SENT)
def test_who_writes_to_the_connection_is_ended_with_a_reason(server: ForkServer, tmp_path: Path, what: str) -> None:
    with forked(server, tmp_path) as kernel:
        kernel.ask(f"import os, time\nos.write(3, {SENT[what]})\nos.write(4, b'!')\ntime.sleep(60)", is_python=True)
        assert receive(kernel) == []
        assert "used the connection" in kernel.stopped_because


def test_where_the_server_has_ended_no_kernel_is_forked(tmp_path: Path) -> None:
    with fork_server() as server:
        server._process.kill()
        server._process.wait()
        with pytest.raises(OSError), forked(server, tmp_path):  # noqa: PT011 - of one kind or another
            pass


# A grading run that is killed while bubblewrap makes a sandbox, which then waits for what never comes
KILLED = """
import os, signal, sys, tempfile
from tests.course.sandbox.test_forked_kernel import half_made_sandbox
from tinytorch.course.sandbox.forked_kernel import ForkServer
from tinytorch.course.sandbox.temporary import run_folder
with run_folder():
    server = ForkServer()
    server.wait()
    half_made_sandbox(tempfile.gettempdir())
    os.kill(os.getpid(), signal.SIGKILL)
"""


def half_made_sandbox(folder: str) -> int:
    """Begin a sandbox with a path below a folder, and return the number of the process in it, which waits for ever."""
    seen = Path(folder, "seen")
    seen.mkdir()
    told, tell = os.pipe()
    waits, never = os.pipe()
    binds = ["--ro-bind", "/", "/", "--bind", str(seen), str(seen), "--block-fd", str(waits), "--info-fd", str(tell)]
    handed = {"pass_fds": (waits, never, tell), "stdout": subprocess.DEVNULL, "start_new_session": True}
    subprocess.Popen([find_tool("bwrap"), *binds, "cat"], **handed)  # type: ignore[call-overload]
    os.close(tell)
    with open(told, encoding="utf-8") as about:
        return int(json.load(about)["child-pid"])


def test_a_sandbox_that_a_killed_grader_had_half_made_is_ended_and_nobody_else_s(tmp_path: Path) -> None:
    with adopting_orphans():
        another = psutil.Process(half_made_sandbox(str(tmp_path)))
        known = descendants()
        killed = subprocess.run([sys.executable, "-c", KILLED], check=False)
        assert killed.returncode == -signal.SIGKILL
        assert left_running(known) == []
        assert another.is_running()
        another.kill()
