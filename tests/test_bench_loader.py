"""Loading is about as fast as `make bench-loader` says, on any machine by half of it. That is the long form."""

import os

import pytest

pytest.importorskip("torch")

from tests.programs import bench_loader, loader_peers

pytestmark = pytest.mark.alone


def test_loading_from_memory_and_shuffling_reach_half_of_each_goal(capsys):
    goals = bench_loader.Goals(factor=0.5)
    table = bench_loader.in_memory(goals, repeats=3, batch_sizes=(128,), orders=(True,))
    said = bench_loader.shuffling(goals, repeats=3, count=200_000)
    assert goals.missed == []
    assert len(goals.lines) == 3 * 2 + 2 + 2
    assert len(table) == 2 + 3
    assert "200,000 indices" in said[0]


def test_loading_jpegs_behind_a_training_step_reaches_half_of_each_goal(capsys):
    goals = bench_loader.Goals(factor=0.5)
    table = bench_loader.jpegs(goals, repeats=3, count=96)
    assert goals.missed == []
    assert len(goals.lines) == 1
    assert "96 JPEGs" in table[0]


def test_loading_photographs_reaches_half_of_each_goal(capsys, monkeypatch):
    monkeypatch.setattr(loader_peers, "PACKAGES", {})  # as where they are not installed: they take long to begin
    goals = bench_loader.Goals(factor=0.5)
    table = bench_loader.photographs(goals, 2, 1200, 1600, count=16, batch_size=2, memory=False)
    assert goals.missed == []
    assert len(goals.lines) == 3
    assert "16 JPEGs of 1600x1200" in table[0]


def test_going_on_in_the_middle_of_an_epoch_fetches_no_more_than_the_next_batch(capsys, monkeypatch):
    monkeypatch.setattr(loader_peers, "PACKAGES", {})
    goals = bench_loader.Goals(factor=1.0)
    table = bench_loader.resuming(goals, repeats=1, batches=200)
    assert goals.lines == [
        "going on in the middle, samples fetched for the next batch: 32.00, goal at most 32: reached"
    ]
    assert "batch 100 of 200" in table[0]


@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="this system takes no advice about files")
def test_reading_a_map_of_100_gigabytes_reaches_half_of_each_goal_and_stays_below_512_megabytes(capsys):
    goals = bench_loader.Goals(factor=0.5)
    table = bench_loader.memory_map(goals, repeats=3, batches=200)
    assert goals.missed == []
    assert len(goals.lines) == 2 * 2
    assert "100 GB map" in table[0]


def test_a_missed_goal_is_said_and_counted(capsys):
    goals = bench_loader.Goals(factor=0.5)
    goals.at_least("rate", 5.0, 10)
    goals.at_most("time", 2.0, 1)
    goals.at_most("memory", 2.1, 1)
    assert goals.missed == ["memory: 2.10, goal at most 2: MISSED"]
    assert "rate: 5.00, goal at least 5: reached" in capsys.readouterr().out
