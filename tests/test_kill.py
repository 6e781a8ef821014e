"""Grading, killed at random moments and started again: as if nothing had been. `make kill` is the long form."""

from tests.programs.kill import kill_and_compare


def test_a_run_that_is_killed_again_and_again_ends_as_one_that_nobody_disturbed():
    bench = kill_and_compare(kills=6, seed=3, due_dates=(True,), loud=False)
    assert bench.wrong == []
    assert bench.kills >= 6
