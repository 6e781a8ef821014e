"""Tables: plain lines in a pipe, drawn on a terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from tinytorch.course.tables import print_table

COLUMNS, ROWS = ["student", "points"], [["ada", "7 / 20"], ["bob with a long name", "20 / 20"]]


def test_in_a_pipe_columns_are_aligned_and_numbers_stand_to_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(Console(file=io.StringIO()), "02_tiny", COLUMNS, ROWS)
    assert capsys.readouterr().out == (
        "\n02_tiny\nstudent                points\nada                    7 / 20\nbob with a long name  20 / 20\n"
    )


def test_a_table_without_rows_is_its_heading(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(Console(file=io.StringIO()), "02_tiny", COLUMNS, [])
    assert capsys.readouterr().out.split() == ["02_tiny", *COLUMNS]


def test_on_a_terminal_it_is_drawn() -> None:
    drawn = io.StringIO()
    print_table(Console(file=drawn, force_terminal=True, width=60), "02_tiny", COLUMNS, ROWS)
    assert "bob with a long name │ 20 / 20" in drawn.getvalue()
    assert "│ ada                  │  7 / 20" in drawn.getvalue()
