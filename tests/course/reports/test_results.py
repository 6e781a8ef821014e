"""What a class got."""

from __future__ import annotations

from tinytorch.course.reports.results import one_line


def test_one_line_of_nothing_is_empty() -> None:
    assert one_line(" \n ") == ""
