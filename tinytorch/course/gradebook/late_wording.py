"""The words for how late a submission came; what counts as late, and what it costs, is decided in due_dates.py."""

from __future__ import annotations

import math

UNITS = (("day", 24 * 60), ("hour", 60), ("minute", 1))  # with how many minutes each has


def late_sentence(seconds_late: float, penalty_points: float) -> str:
    """Return, for example, "handed in 2 days after the due date: 3 points less"; nothing if it came in time."""
    if seconds_late > 0:
        cost = f"{penalty_points:g} points less" if penalty_points else "no points are taken for it"
        return f"handed in {in_words(seconds_late)} after the due date: {cost}"
    return f"{penalty_points:g} points less" if penalty_points else ""  # the due date has changed since


def in_words(seconds: float) -> str:
    """Return a time span in its largest unit, such as "2 days"; a minute that has begun counts."""
    minutes = max(1, math.ceil(seconds / 60))
    unit, length = next((unit, length) for unit, length in UNITS if minutes >= length)
    count = minutes // length
    return f"{count} {unit}{'s' if count > 1 else ''}"
