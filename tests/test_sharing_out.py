"""A test that compares times waits for the tests beside it, and for nothing that they left behind."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from tests.helpers.sharing_out import turn


def is_free(folder: Path) -> bool:
    """Whether a test could run alone now."""
    with (folder / "turn").open("w") as running:
        try:
            fcntl.flock(running, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@pytest.mark.parametrize("alone", [False, True])
def test_a_turn_ends_with_its_test_also_if_that_left_a_process_behind(tmp_path: Path, alone: bool) -> None:
    heard, tell = os.pipe()
    with turn(tmp_path, alone=alone):
        assert not is_free(tmp_path)
        left = os.fork()
        if left == 0:
            os.close(tell)
            os.read(heard, 1)  # until the pipe is closed
            os._exit(0)
    try:
        assert is_free(tmp_path)
    finally:
        os.close(tell)
        os.close(heard)
        os.waitpid(left, 0)
