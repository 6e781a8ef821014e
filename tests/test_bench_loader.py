"""Loading is about as fast as `make bench-loader` says, on any machine by half of it. That is the long form."""

import pytest

pytest.importorskip("torch")

import bench_loader


def test_half_of_each_goal_is_reached_in_the_short_form(capsys):
    assert bench_loader.main(["--short"]) == 0, capsys.readouterr().out
    said = capsys.readouterr().out
    for what in ("rows of (784,)", "100 GB map, shuffled", "JPEG", "shuffling"):
        assert f"\n  {what}" in said
    assert "all goals reached" in said


def test_a_missed_goal_is_said_and_counted(capsys):
    goals = bench_loader.Goals(factor=0.5)
    goals.at_least("rate", 5.0, 10)
    goals.at_most("time", 2.0, 1)
    goals.at_most("memory", 2.1, 1)
    assert goals.missed == ["memory: 2.10, goal at most 2: MISSED"]
    assert "rate: 5.00, goal at least 5: reached" in capsys.readouterr().out
