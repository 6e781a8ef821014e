"""Tests are decided beside the grader's process, which waits for no comparison for longer than it may take."""

from __future__ import annotations

import fcntl
import json
import marshal
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tinytorch.course.verdict.decider import Decider
from tinytorch.course.verdict.inside_witness import encode
from tinytorch.course.verdict.replay import Evidence, Outcome
from tinytorch.course.verdict.split_test import take_apart

MEMORY_BYTES = 2**29
ALIKE = [(2**61 - 1) * number for number in range(60_000)]  # all have the same hash: a set of them takes minutes


@pytest.fixture
def decider() -> Iterator[Decider]:
    with Decider(MEMORY_BYTES, lambda: 2.0) as started:
        yield started


def evidence(condition: str, value: Any) -> list[Evidence]:
    """Return what there is to decide `assert <condition>`, which asks for the student's `got` once."""
    (part,) = take_apart(f"got = answer()\nassert {condition}, f'{{got}}'")
    code = marshal.dumps(compile(part.grader_half, "<test>", "exec", dont_inherit=True))
    return [Evidence(code, [json.dumps([[0, [encode(value)] * 2]])], stopped=False)]


def test_asserts_are_decided_as_in_one_process(decider: Decider) -> None:
    assert decider(evidence("got == 3", 3)) == Outcome("passed")
    assert decider(evidence("got == 3", 4)) == Outcome("failed", "AssertionError", "4")


@pytest.mark.parametrize(
    ("condition", "value", "why"),
    [
        ("len(set(got)) == 3", ALIKE, "take longer than 2 s to compare"),
        ("sum(range(got)) == 3", 10**15, "take longer than 2 s to compare"),
        ("list(range(got)) == [1]", 10**10, "take more memory than there is for a test"),
        ("np.zeros(got).sum() == 1", 10**10, "take more memory than there is for a test"),
    ],
)
def test_a_comparison_without_end_is_ended_and_the_next_test_decided(
    decider: Decider, condition: str, value: Any, why: str
) -> None:
    assert decider(evidence(condition, value)) == Outcome("too much", text=why)
    assert decider(evidence("got == 3", 3)) == Outcome("passed")


def test_a_comparison_that_ends_its_process_ends_no_other(decider: Decider) -> None:
    def crash(parts: Any) -> Outcome:
        psutil.Process().kill()
        raise AssertionError

    decider.decide = crash
    assert decider([]) == Outcome("too much", text="ended the process that compares them")


def test_its_process_ends_with_it() -> None:
    before = psutil.Process().children()
    with Decider(MEMORY_BYTES, lambda: 60.0) as decider:
        decider(evidence("got == 3", 3))
        assert len(psutil.Process().children()) == len(before) + 1
    assert psutil.Process().children() == before


def test_a_process_that_ended_between_two_tests_costs_the_next_one_nothing(decider: Decider) -> None:
    assert decider(evidence("got == 3", 3)) == Outcome("passed")
    for child in psutil.Process().children():
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert decider(evidence("got == 3", 3)) == Outcome("passed")


def test_its_process_ends_when_nobody_uses_it_any_more() -> None:
    before = psutil.Process().children()
    Decider(MEMORY_BYTES, lambda: 60.0)(evidence("got == 3", 3))
    assert psutil.Process().children() == before


def test_its_process_keeps_no_lock_of_the_grader(decider: Decider, tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert decider(evidence("got == 3", 3)) == Outcome("passed")
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_its_process_has_no_file_of_the_grader_open(decider: Decider) -> None:
    before = psutil.Process().children()
    assert decider(evidence("got == 3", 3)) == Outcome("passed")
    (child,) = set(psutil.Process().children()) - set(before)
    assert len([number for number in os.listdir(f"/proc/{child.pid}/fd") if int(number) > 2]) == 1


def test_a_huge_message_is_cut(decider: Decider) -> None:
    outcome = decider(evidence("got == 3", "x" * 1_000_000))
    assert (outcome.kind, len(outcome.text)) == ("failed", 20_000)
