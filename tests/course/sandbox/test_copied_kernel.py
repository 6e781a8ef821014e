"""A copy of the checking process is its own, and to make one loses nothing that comes meanwhile."""

import os
import signal
from multiprocessing import resource_tracker
from pathlib import Path

import pytest

from tests.helpers.kernels import copied, printed, run

MAKES_SHARED_MEMORY = """
from multiprocessing.shared_memory import SharedMemory
block = SharedMemory(create=True, size=8)
block.close()
block.unlink()
print("made")
"""


def test_a_copy_makes_shared_memory_also_if_the_checking_process_has_done_so_before(tmp_path):
    resource_tracker.ensure_running()
    with copied(tmp_path) as kernel:
        assert printed(run(kernel, MAKES_SHARED_MEMORY)) == "made\n"


def test_what_cells_make_in_temporary_folders_lies_in_the_stage_which_is_removed(tmp_path):
    makes = "import os, tempfile; print(tempfile.mkdtemp()); print(os.environ['TMPDIR'])"
    with copied(tmp_path) as kernel:
        made, environment = printed(run(kernel, makes)).splitlines()
    assert Path(made).is_dir()
    assert Path(made).parent == Path(environment) == tmp_path / "stage" / "temporary"


def test_a_ctrl_c_waits_until_the_copy_is_made_because_a_fork_would_swallow_it(tmp_path, monkeypatch):
    fork, made = os.fork, []

    def fork_as_ctrl_c_comes() -> int:
        os.kill(os.getpid(), signal.SIGINT)
        made.append(fork())
        return made[0]

    monkeypatch.setattr(os, "fork", fork_as_ctrl_c_comes)
    with pytest.raises(KeyboardInterrupt), copied(tmp_path):
        pass
    assert made
    os.kill(made[0], signal.SIGKILL)
    os.waitpid(made[0], 0)
