"""Tables that another program exported: what is in them, and that a changed cell changes nothing else."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinytorch.course.exported_table import ExportedTable, read_exported_table
from tinytorch.course.layout import CourseError

CELLS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\ufeff\x85\u2028\u2029\x1c\x1d\x1e\x0b\x0c"), max_size=6
)
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=5)


def read(path: Path, content: bytes) -> ExportedTable:
    path.write_bytes(content)
    return read_exported_table(path)


@given(table=TABLES, quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), end=st.sampled_from(["\n", "\r\n"]))
def test_every_table_that_python_writes_is_read_as_python_reads_it(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]], quoting: int, end: str
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=quoting, lineterminator=end).writerows([["name", "id"], *table])
    read_back = read(tmp_path_factory.getbasetemp() / "any.csv", text.getvalue().encode())
    rows = [row for row in csv.reader(io.StringIO(text.getvalue(), newline="")) if row]
    assert [[cell.value for cell in row] for row in read_back.rows] == rows
    assert read_back.with_cells({}) == text.getvalue().encode()


@pytest.mark.parametrize("mark_and_encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_delimiter_are_found_out(tmp_path: Path, mark_and_encoding: str, delimiter: str) -> None:
    text = delimiter.join(["name", "id"]) + "\r\n" + delimiter.join(["Jürgen Groß", "7"]) + "\r\n"
    table = read(tmp_path / "class.csv", text.encode(mark_and_encoding))
    assert [table.values(row) for row in (0, 1)] == [["name", "id"], ["Jürgen Groß", "7"]]
    assert table.with_cells({(1, 1): "8"}) == text.replace("7", "8").encode(mark_and_encoding)


def test_a_quoted_cell_stays_quoted_and_a_cell_that_needs_quotes_gets_them(tmp_path: Path) -> None:
    table = read(tmp_path / "class.csv", b'name,score,note\r\n"Lee, Bob","",\r\n')
    assert table.with_cells({(1, 1): "9,5", (1, 2): "a,b"}) == b'name,score,note\r\n"Lee, Bob","9,5","a,b"\r\n'
    assert table.with_cells({(1, 2): "9.5"}) == b'name,score,note\r\n"Lee, Bob","",9.5\r\n'


def test_a_row_knows_its_line_after_a_cell_with_line_breaks(tmp_path: Path) -> None:
    table = read(tmp_path / "class.csv", b'name,id\n"two\nlines",1\n\nBob,2\n')
    assert [table.line(row) for row in range(3)] == [1, 2, 5]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04 and so on", "is a spreadsheet: save it as CSV first"),
        (b'name,id\nAda,"7\n', "line 2: a quote is not where CSV allows it, or is never closed"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(CourseError, match=words):
        read(tmp_path / "class.csv", content)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"nothing\.csv cannot be read"):
        read_exported_table(tmp_path / "nothing.csv")
