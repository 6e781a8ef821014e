"""Tables that another program exported: encoding and delimiter are found out, and a changed cell changes no other byte.

Learning platforms read back only what looks like their own export. So a file is not written anew from its values: each
cell remembers where it stands in the text, and `with_cells` replaces just that.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tinytorch.course.error_text import first_line
from tinytorch.course.layout import CourseError

DELIMITERS = ",;\t"
# The longer mark first: UTF-32's begins with UTF-16's.
_MARKS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
MOST_BYTES = 50_000_000  # a class list of 100,000 rows has about 10 MB


@dataclass(frozen=True)
class Cell:
    """A cell: its value, and where its text stands, quotes included."""

    value: str
    start: int
    end: int
    quoted: bool


@dataclass(frozen=True)
class ExportedTable:
    """A table as it was read from a file. Rows and columns count from 0; lines of the file count from 1."""

    path: Path
    mark: bytes  # the byte order mark that the file begins with, empty if there is none
    encoding: str
    delimiter: str
    text: str
    rows: list[list[Cell]]

    def values(self, row: int) -> list[str]:
        """Return the values of a row, without spaces around them."""
        return [cell.value.strip() for cell in self.rows[row]]

    def line(self, row: int) -> int:
        """Return the line of the file on which a row begins."""
        start = self.rows[row][0].start
        return len(re.findall("\r\n|\r|\n", self.text[:start])) + 1

    def with_cells(self, texts: dict[tuple[int, int], str]) -> bytes:
        """Return the file's bytes with some cells replaced, by (row, column); quoted cells stay quoted."""
        parts, at = [], 0
        for row, column in sorted(texts):
            cell, text = self.rows[row][column], texts[row, column]
            needs_quotes = cell.quoted or any(sign in text for sign in f'{self.delimiter}"\r\n')
            parts += [self.text[at : cell.start], '"' + text.replace('"', '""') + '"' if needs_quotes else text]
            at = cell.end
        return self.mark + "".join([*parts, self.text[at:]]).encode(self.encoding)


def read_exported_table(path: Path) -> ExportedTable:
    """Read a table of delimited text.

    Raises:
        CourseError: the file cannot be read, is a spreadsheet, is no table, or has a quote that is never closed.
    """
    try:
        content = path.read_bytes() if path.stat().st_size <= MOST_BYTES else None
    except OSError as error:
        raise CourseError(f"{path} cannot be read ({first_line(error)}): check the name.") from None
    if content is None:
        raise CourseError(f"{path} has more than {MOST_BYTES // 1_000_000} MB: give the table that was exported.")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise CourseError(f"{path} is a spreadsheet: save it as CSV first.")
    mark, encoding = next(((mark, name) for mark, name in _MARKS if content.startswith(mark)), (b"", ""))
    body = content.removeprefix(mark)
    encoding = encoding or _encoding_without_mark(body)
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        raise CourseError(f"{path} cannot be read as text ({first_line(error)}): export it once more.") from None
    delimiter = _delimiter(text)
    rows = _cells(path, text, delimiter)
    if not rows:
        raise CourseError(f"{path} is empty: export it once more.")
    return ExportedTable(path, mark, encoding, delimiter, text, rows)


def _encoding_without_mark(content: bytes) -> str:
    """Return UTF-8 or UTF-16 if the bytes are that, else the code page that Windows writes in western Europe."""
    sample = content[:4096]
    if b"\0" in sample:
        return "utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _delimiter(text: str) -> str:
    """Return the sign that divides the first line into the most cells; what stands in quotes does not count."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    counts = Counter(re.sub(r'"[^"]*"', "", first))
    return max(DELIMITERS, key=lambda sign: counts[sign])


def _cells(path: Path, text: str, delimiter: str) -> list[list[Cell]]:
    """Return the rows of a table; lines without any cell are left out."""
    sign = re.escape(delimiter)
    # A cell in quotes, in which a quote is doubled, or one without; then what ends it.
    pattern = re.compile(rf'(?:"((?:[^"]|"")*)"|(?!")([^{sign}\r\n]*))({sign}|\r\n|\r|\n|\Z)')
    rows: list[list[Cell]] = []
    row: list[Cell] = []
    at = 0
    while at < len(text) or row:
        found = pattern.match(text, at)
        if found is None:
            line = len(re.findall("\r\n|\r|\n", text[:at])) + 1
            raise CourseError(
                f"{path}, line {line}: a quote is not where CSV allows it, or is never closed: export it again."
            )
        quoted = found[1] is not None
        value = found[1].replace('""', '"') if quoted else found[2]
        row.append(Cell(value, found.start(), found.start(3), quoted))
        at = found.end()
        if found[3] != delimiter:
            if len(row) > 1 or row[0].value or row[0].quoted:
                rows.append(row)
            row = []
            if not found[3]:
                break
    return rows
