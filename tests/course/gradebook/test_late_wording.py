"""Lateness in words."""

from __future__ import annotations

import pytest

from tinytorch.course.gradebook.late_wording import in_words, late_sentence

MINUTE, HOUR, DAY = 60.0, 60 * 60.0, 24 * 60 * 60.0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.5, "1 minute"),
        (MINUTE, "1 minute"),
        (MINUTE + 1, "2 minutes"),
        (HOUR - 1, "1 hour"),
        (5 * HOUR, "5 hours"),
        (DAY, "1 day"),
        (3 * DAY + 5 * HOUR, "3 days"),
    ],
)
def test_a_time_span_is_told_in_its_largest_unit(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "points", "sentence"),
    [
        (2 * DAY, 3.0, "handed in 2 days after the due date: 3 points less"),
        (2 * DAY, 0.0, "handed in 2 days after the due date: no points are taken for it"),
        (0.0, 1.5, "1.5 points less"),
        (0.0, 0.0, ""),
    ],
)
def test_lateness_is_told_with_its_cost(seconds: float, points: float, sentence: str) -> None:
    assert late_sentence(seconds, points) == sentence
