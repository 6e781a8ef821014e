"""Tables: drawn on a terminal, plain lines in a pipe."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table


def print_table(console: Console, title: str, columns: list[str], rows: list[list[str]]) -> None:
    """Print rows under a title; a column is aligned to the right if each of its cells starts with a digit."""
    numeric = [all(row[number][:1].isdigit() for row in rows) for number in range(len(columns))]
    if console.is_terminal:
        table = Table(title=title, title_justify="left", title_style="bold")
        for column, right in zip(columns, numeric, strict=True):
            table.add_column(column, justify="right" if right else "left")
        for row in rows:
            table.add_row(*row)
        console.print(table)
        return
    widths = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]
    print(f"\n{title}")
    for row in [columns, *rows]:
        cells = zip(row, widths, numeric, strict=True)
        print("  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in cells).rstrip())
