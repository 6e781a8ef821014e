"""Text in a CSV file that a spreadsheet shows and does not calculate."""

from __future__ import annotations

import pytest

from tinytorch.course.reports.spreadsheet_cells import plain_cell


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", " =1", "\t=1", "\r\n=1", "\uff1d1"])
def test_a_cell_that_could_be_a_formula_is_text(text: str) -> None:
    assert plain_cell(text).startswith("'")


def test_other_cells_stay_as_they_are() -> None:
    assert [plain_cell(text) for text in ("alice", "a=b", "", "3", "é, ß")] == ["alice", "a=b", "", "3", "é, ß"]
