"""What every kind of kernel does alike, whoever starts it: it runs code, is interrupted, and ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.kernels import KINDS, kernel_of, printed, receive, run
from tinytorch.course.sandbox.kernel import Kernel


@pytest.fixture(scope="module", params=KINDS)
def kernel(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with kernel_of(request.param, tmp_path_factory.mktemp("kernel")) as running:
        yield running


def test_one_request_is_run_after_the_other_and_the_reply_comes_last(kernel: Kernel) -> None:
    assert kernel.language_info["name"] == "python"
    *_, (kind, reply) = run(kernel, "x = 20")
    assert (kind, reply["status"]) == ("execute_reply", "ok")
    messages = run(kernel, "print(x)\nx + 1")
    assert printed(messages) == "20\n"
    (shown,) = [content["data"]["text/plain"] for kind, content in messages if kind == "execute_result"]
    assert shown == "21"


def test_an_error_comes_as_one_and_the_kernel_goes_on(kernel: Kernel) -> None:
    messages = run(kernel, "raise KeyError('x')")
    (error,) = [content for kind, content in messages if kind == "error"]
    assert (error["ename"], error["evalue"]) == ("KeyError", "'x'")
    assert "KeyError" in "\n".join(error["traceback"])
    assert messages[-1][1]["status"] == "error"
    assert printed(run(kernel, "print('on')")) == "on\n"


def test_interrupted_code_ends_and_the_kernel_goes_on(kernel: Kernel) -> None:
    kernel.ask("print('begun', flush=True)\nwhile True: pass", is_python=True)
    begun: list[str] = []
    while "begun" not in "".join(begun):
        begun += [message.content.get("text", "") for message in kernel.receive(1.0)]
    kernel.interrupt()
    assert [content["ename"] for kind, content in receive(kernel) if kind == "error"] == ["KeyboardInterrupt"]
    assert printed(run(kernel, "print('on')")) == "on\n"


@pytest.mark.parametrize("kind", KINDS)
def test_a_kernel_that_was_ended_is_not_alive_and_may_be_ended_twice(kind: str, tmp_path) -> None:
    with kernel_of(kind, tmp_path) as running:
        assert running.is_alive()
        running.end()
        running.end()
        assert not running.is_alive()
        assert running.stopped_because == ""
