"""A zip that was not made by `tito submit`, or was changed since, is refused in a sentence and does no harm."""

from __future__ import annotations

import io
import stat
import unicodedata
import zipfile
from pathlib import Path

import pytest

from tests.helpers.tiny_course import TinyCourse, contents
from tests.helpers.zips import rewritten, submit_zip
from tinytorch.course.handin.read_file import MOST_BYTES


def link(name: str) -> bytes:
    """Return a zip whose `name` is a symbolic link."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return content.getvalue()


def with_link(path: Path, name: str) -> Path:
    made = rewritten(path, "link.zip")
    with zipfile.ZipFile(made) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    with zipfile.ZipFile(made, "w") as archive:
        for each, content in parts.items():
            entry = zipfile.ZipInfo(each)
            entry.external_attr = ((stat.S_IFLNK if each == name else stat.S_IFREG) | 0o644) << 16
            archive.writestr(entry, "/etc/passwd" if each == name else content)
    return made


def cut(path: Path) -> Path:
    made = path.with_name("cut.zip")
    made.write_bytes(path.read_bytes()[:-100])
    return made


def flipped(path: Path) -> Path:
    content = bytearray(path.read_bytes())
    content[200] ^= 0xFF
    made = path.with_name("flipped.zip")
    made.write_bytes(content)
    return made


def plain(path: Path, content: bytes) -> Path:
    made = path.with_name("plain.zip")
    made.write_bytes(content)
    return made


BOMB = b" " * (2 * MOST_BYTES)


WRONG = {
    "a path that leads out": (lambda path: rewritten(path, "x.zip", {"../../evil.py": b"x"}), "'../../evil.py'"),
    "an absolute path": (lambda path: rewritten(path, "x.zip", {"/tmp/evil.py": b"x"}), "'/tmp/evil.py'"),
    "a file more": (lambda path: rewritten(path, "x.zip", {"sitecustomize.py": b"x"}), "'sitecustomize.py'"),
    "a link": (lambda path: with_link(path, "tiny.ipynb"), "tiny.ipynb is a link"),
    "a notebook that unpacks to more than any notebook": (
        lambda path: rewritten(path, "x.zip", {"tiny.ipynb": BOMB}),
        "too large",
    ),
    "a time that unpacks to megabytes": (
        lambda path: rewritten(path, "x.zip", {"timestamp.txt": BOMB}),
        "timestamp.txt is too large",
    ),
    "an end that is cut off": (cut, "damaged, or no zip"),
    "a bit that tipped over": (flipped, "flipped.zip"),
    "no zip at all": (lambda path: plain(path, b"my homework"), "damaged, or no zip"),
    "an empty file": (lambda path: plain(path, b""), "damaged, or no zip"),
    "somebody's photographs": (lambda path: plain(path, link("photo.jpg")), "holds no manifest.json"),
    "another program's manifest": (
        lambda path: rewritten(path, "x.zip", format="npm"),
        "its manifest.json is not one",
    ),
    "another course": (lambda path: rewritten(path, "x.zip", course="history"), "of the course 'history'"),
    "another module": (lambda path: rewritten(path, "x.zip", assignment="09_else"), "no module of this course"),
    "a student who is a path": (lambda path: rewritten(path, "x.zip", student="../bob"), "cannot be a student's id"),
    "another student's name": (
        lambda path: rewritten(path, path.name.replace("eve", "bob")),
        "holds the hand-in of eve (02_tiny), and is named as another",
    ),
    "an edited notebook": (lambda path: rewritten(path, "x.zip", {"tiny.ipynb": b"{}"}), "SHA-256 differs"),
    "a time to come": (
        lambda path: rewritten(path, "x.zip", {"timestamp.txt": b"2999-01-01 00:00:00.000000 UTC"}),
        "still to come",
    ),
    "no time": (lambda path: rewritten(path, "x.zip", {"timestamp.txt": b"noon"}), "no time as nbgrader writes it"),
    "no secret": (lambda path: rewritten(path, "x.zip", {"submission_secret.txt": b"<x>"}), "no secret"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_zip_is_refused_in_a_sentence_and_stops_no_other(course: TinyCourse, tmp_path: Path, what: str) -> None:
    make, sentence = WRONG[what]
    made = make(submit_zip(course, "eve", tmp_path / "eve"))
    zips = tmp_path / "zips"
    zips.mkdir()
    made.rename(zips / made.name)
    submit_zip(course, "ada", zips)
    before = contents(course.root)
    ran = course.tito("collect", zips)
    assert ran.returncode == 1
    (problem,) = [line for line in ran.stderr.splitlines() if made.name in line]
    assert sentence in problem
    assert "Traceback" not in ran.stderr
    assert "1 of 2 files was not collected" in ran.stderr
    new = {name for name in contents(course.root) if name not in before}
    files = ("handed_in.json", "submission_secret.txt", "timestamp.txt", "tiny.ipynb")
    assert new == {f"submitted/ada/02_tiny/{name}" for name in files}
    assert not (tmp_path / "evil.py").exists()


def test_what_a_learning_platform_puts_around_the_name_does_no_harm(course: TinyCourse, zips: Path) -> None:
    path = submit_zip(course, "ada", zips)
    path.rename(zips / f"Lovelace Ada_1815_assignsubmission_file_{path.stem} (1).zip")
    course.tito("collect", zips, check=True)
    assert (course.root / "submitted" / "ada" / "02_tiny" / "tiny.ipynb").is_file()


def test_a_name_with_an_accent_is_known_again_after_macos_took_it_apart(course: TinyCourse, zips: Path) -> None:
    path = submit_zip(course, "zo\u00eb", zips)
    path.rename(zips / unicodedata.normalize("NFD", path.name))
    course.tito("collect", zips, check=True)
    assert [folder.name for folder in (course.root / "submitted").iterdir()] == ["zo\u00eb"]
