"""The kernel's own end of the connection, here without a sandbox: frames in, frames out, and an end with it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from tests.helpers.repository import ROOT
from tinytorch.course import sandbox
from tinytorch.course.layout import Course
from tinytorch.course.notebook import read_notebook
from tinytorch.course.sandbox.inside.pipe_kernel import is_plain_python

INSIDE = Path(sandbox.__file__).parent / "inside"
SERVE = "import sys; from pipe_kernel import PipeKernel; PipeKernel().serve(int(sys.argv[1]), int(sys.argv[2]))"


class Client:
    """A kernel in a process of its own, and the connection to it."""

    def __init__(self) -> None:
        self.line, line = socket.socketpair()
        self.bell, bell = socket.socketpair()
        descriptors = line.fileno(), bell.fileno()
        command = [sys.executable, "-c", SERVE, *map(str, descriptors)]
        self.process = subprocess.Popen(command, cwd=INSIDE, pass_fds=descriptors, stderr=subprocess.DEVNULL)
        line.close()
        bell.close()

    def ask(self, *codes: str, is_python: bool = True) -> list[tuple[str, dict]]:
        """Run codes, asked for at once; return the kind and the content of each frame, until the last reply."""
        requests = [json.dumps({"code": code, "is_python": is_python}).encode() for code in codes]
        self.line.sendall(b"".join(len(request).to_bytes(4, "big") + request for request in requests))
        frames = []
        with self.line.makefile("rb") as file:
            while sum(kind == "execute_reply" for kind, _ in frames) < len(codes):
                frame = json.loads(file.read(int.from_bytes(file.read(4), "big")))
                frames.append((frame["kind"], frame["content"]))
        assert self.bell.recv(100) == b"!"  # it is rung once, when the last reply was sent
        return frames


@pytest.fixture
def client() -> Iterator[Client]:
    running = Client()
    yield running
    running.line.close()
    running.process.wait()
    running.bell.close()


def test_what_a_cell_prints_comes_in_order_before_its_reply(client: Client) -> None:
    frames = client.ask("import sys\nprint('out')\nsys.stdout.flush()\nprint('err', file=sys.stderr)\n2 + 3")
    streams = [(content["name"], content["text"]) for kind, content in frames if kind == "stream"]
    assert [name for name, _ in groupby(name for name, _ in streams)] == ["stdout", "stderr"]
    assert "".join(text for _, text in streams) == "out\nerr\n"
    assert frames[-1][1]["status"] == "ok"
    assert [frame["execution_count"] for _, frame in (frames[-1], client.ask("pass")[-1])] == [1, 2]


def test_ipython_s_own_notation_is_for_who_asks_for_it(client: Client) -> None:
    assert client.ask("%precision 3", is_python=False)[-1][1]["status"] == "ok"
    assert client.ask("%precision 3")[-1][1]["ename"] == "SyntaxError"


def test_it_ends_with_its_connection(client: Client) -> None:
    client.ask("pass")
    client.line.close()
    assert client.process.wait() == 0


COUNT = """
from IPython.core.ultratb import AutoFormattedTB
formatted = []
format_one = AutoFormattedTB.structured_traceback
AutoFormattedTB.structured_traceback = lambda *a, **k: [formatted.append(1), format_one(*a, **k)][1]
"""
FAILS = "def halve(x):\n    return int(x) / 0"


def test_an_error_is_put_into_words_once(client: Client) -> None:
    client.ask(COUNT, is_python=False)
    client.ask("raise ValueError('no')", is_python=False)
    frames = client.ask("print(len(formatted))", is_python=False)
    assert [content["text"] for kind, content in frames if kind == "stream"] == ["1\n"]


def test_of_an_error_in_a_test_the_frames_in_cells_are_shown_and_no_others(client: Client) -> None:
    client.ask(FAILS, is_python=False)
    source = "import json\nexec(compile('json.loads(\"1\", parse_int=halve)', '<test>', 'exec'))"
    ((_, error),) = [frame for frame in client.ask(source) if frame[0] == "error"]
    said = "\n".join(error["traceback"])
    assert (error["ename"], error["evalue"]) == ("ZeroDivisionError", "division by zero")
    assert "return" in said
    assert "json/" not in said
    assert "File" not in said


def test_of_a_syntax_error_in_a_test_the_line_of_the_cell_that_led_to_it_is_shown(client: Client) -> None:
    client.ask("def read(text):\n    return eval(text)", is_python=False)
    ((_, error),) = [frame for frame in client.ask("read('1 +')") if frame[0] == "error"]
    assert error["ename"] == "SyntaxError"
    assert "return eval(text)" in "\n".join(error["traceback"])


def test_of_an_error_in_a_test_that_no_cell_led_to_the_message_is_shown(client: Client) -> None:
    ((_, error),) = [frame for frame in client.ask("exec('raise LookupError(\"no\")')") if frame[0] == "error"]
    assert (error["ename"], error["evalue"]) == ("LookupError", "no")
    assert "LookupError" in error["traceback"][-1]


@pytest.mark.parametrize("module", Course(ROOT).modules, ids=str)
def test_ipython_leaves_each_cell_as_it_is_that_the_kernel_takes_for_plain_python(module):
    sources = [cell.source for cell in read_notebook(module.released_path).cells if cell.cell_type == "code"]
    plain = [source for source in sources if is_plain_python(source)]
    assert len(plain) > len(sources) / 2
    assert [TransformerManager().transform_cell(source).rstrip() for source in plain] == [
        each.rstrip() for each in plain
    ]


@pytest.mark.parametrize(
    "source",
    [
        "%time x",
        "x?",
        "!ls",
        "x = 1\n%pwd",
        ">>> x = 1",
        "In [1]: x = 1",
        "# copied\nIn [1]: x = 1",
        "\n\nx = 1",
        "/f 1",
        "await f()\n)",
    ],
)
def test_a_cell_in_ipython_s_own_notation_is_not_taken_for_plain_python(source):
    assert not is_plain_python(source)


def test_requests_that_came_together_are_answered_in_their_order_and_the_bell_is_rung_once(client: Client) -> None:
    frames = client.ask("print(1)", "raise ValueError('2')", "print(3)")
    kinds = [kind for kind, _ in groupby(kind for kind, _ in frames)]
    assert kinds == ["stream", "execute_reply", "error", "execute_reply", "stream", "execute_reply"]
    assert "".join(content["text"] for kind, content in frames if kind == "stream") == "1\n3\n"


INTERRUPTED = "import signal\nsignal.raise_signal(signal.SIGINT)\nprint('on')"


def test_an_interrupt_is_for_the_request_whose_number_came_with_it(client: Client) -> None:
    client.ask("1")
    client.bell.sendall((1).to_bytes(4, "big"))
    assert [content["ename"] for kind, content in client.ask(INTERRUPTED) if kind == "error"] == ["KeyboardInterrupt"]


def test_an_interrupt_that_came_after_its_request_had_ended_stops_no_other(client: Client) -> None:
    client.ask("1")
    client.bell.sendall((0).to_bytes(4, "big"))
    assert client.ask(INTERRUPTED)[-1][1]["status"] == "ok"


FORKS = """
import os, signal
process = os.fork()
if process == 0:
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        os._exit(7)
    except BaseException:
        os._exit(8)
    os._exit(9)
print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
"""


def test_an_interrupt_of_a_process_that_a_cell_forked_is_a_keyboard_interrupt_there(client: Client) -> None:
    frames = client.ask(FORKS, is_python=False)
    assert [content["text"] for kind, content in frames if kind == "stream"] == ["7\n"]
