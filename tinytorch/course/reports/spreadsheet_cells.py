"""Cells of a CSV file that no spreadsheet takes for a formula."""

from __future__ import annotations

# The last four are the same signs in their wide form, which some spreadsheets accept as well.
FORMULA_STARTS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


def plain_cell(text: str) -> str:
    """Return a text as a cell that a spreadsheet shows and does not calculate.

    A text that could be a formula gets an apostrophe in front; characters that cannot be printed become spaces.
    """
    cell = "".join(letter if letter.isprintable() else " " for letter in text)
    return f"'{cell}" if cell.lstrip().startswith(FORMULA_STARTS) else cell
