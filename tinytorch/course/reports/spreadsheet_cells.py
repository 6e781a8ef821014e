"""Text in a CSV file that a spreadsheet shows and does not calculate."""

from __future__ import annotations

FORMULA_STARTS = tuple(
    "=+-@\uff1d\uff0b\uff0d\uff20"
)  # the last four are the wide forms, which some spreadsheets take as well


def plain_cell(text: str) -> str:
    """Return a text as the cell of a CSV file that a spreadsheet shows and does not calculate.

    One that could be a formula gets an apostrophe in front; characters that cannot be printed become spaces.
    """
    cell = "".join(letter if letter.isprintable() else " " for letter in text)
    return f"'{cell}" if cell.lstrip().startswith(FORMULA_STARTS) else cell
