"""The grader's side of a forked kernel: what comes from the sandbox is bounded, and may be anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.kernels import fork_server, forked, receive, run
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
