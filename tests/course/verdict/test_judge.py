"""Asserts are decided in the grader's process with NumPy at hand, and with nothing that reaches out of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tinytorch.course.verdict.judge import get_ready
from tinytorch.course.verdict.kept_tests import parts_of
from tinytorch.course.verdict.witness import Witness, compile_given, compile_part

# A process of its own: NumPy imports what it needs once, on first use.
DECIDE = """
import sys
import marshal
from tinytorch.course.verdict.replay import Replay
from tinytorch.course.verdict.split_test import take_apart
(part,) = take_apart("a = np.arange(4)\\nassert " + sys.argv[1])
replay = Replay()
replay.space["_check"] = lambda number: None
exec(marshal.loads(part.grader_bytes), replay.space)
"""


def decide(condition: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", DECIDE, condition]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.mark.parametrize(
    "condition",
    ["a.sum() == 6", "a.mean() == 1.5", "a.any()", "a.max() == 3", "repr(a) == 'array([0, 1, 2, 3])'", "a.std() > 1"],
)
def test_an_assert_may_ask_arrays_whatever_they_answer(condition: str) -> None:
    decided = decide(condition)
    assert decided.returncode == 0, decided.stderr


def test_a_failed_assert_that_shows_an_array_shows_it() -> None:
    assert "AssertionError: [0 1 2 3]" in decide("a.sum() == 7, f'{a}'").stderr


def test_workers_find_the_tests_split_and_compiled() -> None:
    given, tests = (
        ["def twice(x):\n    return 2 * x\n"],
        ["assert twice(1) == len('ab')", "got = twice(2)\nassert got == 4"],
    )
    get_ready(given, tests)
    before = compile_part.cache_info().misses, compile_given.cache_info().misses
    witness = Witness(given)  # of another kernel
    assert witness.file_content
    for test in tests:
        witness.request([(part, "kind") for part in parts_of(test)])
    assert (compile_part.cache_info().misses, compile_given.cache_info().misses) == before
