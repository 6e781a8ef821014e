"""Asserts are decided in the grader's process with NumPy at hand, and with nothing that reaches out of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

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
