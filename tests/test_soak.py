"""The reference, graded beside busy processes: always full marks. `make soak` is the long form."""

from tests.programs.soak import soak


def test_the_reference_gets_full_marks_each_time_beside_busy_cores():
    assert soak(count=3, processes=2, progress=False) == []
