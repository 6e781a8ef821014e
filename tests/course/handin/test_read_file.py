"""Reading a file as it was handed in: what can be read is converted, and what cannot has a reason for its student."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from tests.helpers.hand_in import NOTHING, UNREADABLE, hand_in, written
from tests.helpers.tiny_course import POINTS, GradedClass, TinyCourse
from tinytorch.course.handin.read_file import NotANotebook, read_submission, receive


def written_as(course: TinyCourse, path: Path, encoding: str, line_end: str = "\n") -> Path:
    """Write the filled notebook in an encoding, with an é in it."""
    notebook = course.filled(double="#| export\ndef double(x):\n    return 2 * x  # café\n")
    text = written(notebook).replace("\\n", line_end.encode("unicode_escape").decode()).replace("\n", line_end)
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("encoding", "line_end", "told"),
    [
        ("utf-8", "\n", 0),
        ("utf-8-sig", "\n", 1),
        ("utf-16", "\n", 1),
        ("cp1252", "\n", 1),
        ("utf-8", "\r\n", 1),
        ("utf-16", "\r\n", 2),
    ],
)
def test_whatever_an_editor_made_of_it_the_notebook_is_the_same_and_each_change_is_told(
    built_course: TinyCourse, tmp_path: Path, encoding: str, line_end: str, told: int
) -> None:
    plain, _ = read_submission(written_as(built_course, tmp_path / "plain.ipynb", "utf-8"))
    read, changes = read_submission(written_as(built_course, tmp_path / "tiny.ipynb", encoding, line_end))
    assert read == plain
    assert "café" in nbformat.writes(read)
    assert len(changes) == told


@pytest.mark.parametrize("name", [name for name in UNREADABLE if name.endswith(".ipynb")])
def test_what_is_no_notebook_has_a_reason(built_course: TinyCourse, tmp_path: Path, name: str) -> None:
    make, reason = UNREADABLE[name]
    path = hand_in(built_course, tmp_path, name, make)
    with pytest.raises(NotANotebook) as refused:
        read_submission(path)
    assert str(refused.value).startswith(reason)
    notebook, told = receive(path)
    assert notebook.cells == []
    assert told == [("fault", str(refused.value))]


@pytest.mark.parametrize(
    ("begins", "said"), [(b"PK\x03\x04", "zip"), (b"%PDF-1.7", "PDF"), (b"<!DOCTYPE html>", "web page")]
)
def test_another_kind_of_file_is_called_by_its_name(tmp_path: Path, begins: bytes, said: str) -> None:
    (tmp_path / "tiny.ipynb").write_bytes(begins + b"more")
    with pytest.raises(NotANotebook, match=f"a {said}.* not a notebook"):
        read_submission(tmp_path / "tiny.ipynb")


def test_plain_nbgrader_records_a_broken_submission_with_0_points_and_its_reason(course: TinyCourse) -> None:
    made = {
        "amy": lambda course: course.filled(),
        "bob": UNREADABLE["truncated.ipynb"][0],
        "cy": lambda course: written(course.filled()).encode("utf-16"),
    }
    for student, make in made.items():
        hand_in(course, course.root / "submitted", f"{student}/02_tiny/tiny.ipynb", make)
    course.run("nbgrader", "generate_assignment", "02_tiny", "--force", check=True)
    run = course.run("nbgrader", "autograde", "02_tiny", check=True)
    course.run("nbgrader", "generate_feedback", "02_tiny", check=True)
    graded = GradedClass(course, course.root / "submitted", course.root, run)
    assert [graded.recorded(student) for student in made] == [POINTS, NOTHING, POINTS]
    page = (course.root / "feedback" / "bob" / "02_tiny" / "tiny.html").read_text(encoding="utf-8")
    assert "the file stops in the middle" in page
