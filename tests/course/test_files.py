"""Files are written whole: a reader sees the old one or the new one, and where writing fails the old one is left."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest

from tinytorch.course.files import PART, remove_parts, write_notebook, write_whole


def test_a_reader_who_has_the_old_file_open_reads_it_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "deeper" / "grades.csv"
    write_whole(path, b"old")
    with path.open("rb") as reader:
        write_whole(path, b"new")
        assert reader.read() == b"old"
    assert path.read_bytes() == b"new"
    assert [each.name for each in path.parent.iterdir()] == ["grades.csv"]


def test_a_new_file_has_the_usual_permissions_and_an_old_one_keeps_its_own(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    for name in ("new", "old"):
        write_whole(tmp_path / name, b"1")
        assert (tmp_path / name).stat().st_mode == (tmp_path / "usual").stat().st_mode
    (tmp_path / "old").chmod(0o640)
    write_whole(tmp_path / "old", b"2")
    assert (tmp_path / "old").stat().st_mode & 0o777 == 0o640


def test_where_writing_fails_the_error_names_the_file_and_nothing_half_written_is_left(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="directory") as failed:
        write_whole(tmp_path / "taken", b"content")
    assert failed.value.filename == str(tmp_path / "taken")
    assert os.listdir(tmp_path) == ["taken"]


def test_what_was_half_written_is_removed_and_nothing_else(tmp_path: Path) -> None:
    for name in (f".a.ipynb.x{PART}", f".folder{PART}/inside", "a.ipynb", ".hidden", f"named-by-a-student{PART}"):
        (tmp_path / "students" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "students" / name).touch()
    remove_parts(tmp_path)
    assert sorted(os.listdir(tmp_path / "students")) == [".hidden", "a.ipynb", f"named-by-a-student{PART}"]


def test_a_notebook_ends_in_one_line_end_as_jupyterlab_writes_it(tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 'größer'", id="a")])
    write_notebook(notebook, tmp_path / "a.ipynb")
    text = (tmp_path / "a.ipynb").read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")
    assert "größer" in text
    assert nbformat.reads(text, as_version=4) == notebook
