"""What a grading process starts ends with it, also where it is killed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.helpers.hand_in import hand_in_each
from tests.helpers.tiny_course import TinyCourse


def test_without_a_sandbox_a_killed_run_leaves_no_kernel_either(
    course: TinyCourse, temporary: Path, orphans: Callable[[], list[str]]
) -> None:
    course.configure(("c.Execute.timeout = 4\n", "c.Execute.timeout = 100\n"))
    # While it computes this, a kernel can look after nothing, not even after its parent.
    busy = "#| export\n@patch\ndef total(self: Pair) -> float:\n    return 3 ** 10**9\n"
    folder = hand_in_each(course, a={}, b={"pair_total": busy})
    process = course.start_tito("grade", folder, "--workers", "2", "--isolation", "limits", TMPDIR=temporary)
    assert process.stdout
    assert process.stdout.readline() == "graded 1/2 a 20/20\n"
    process.kill()
    process.communicate()
    assert orphans() == []
