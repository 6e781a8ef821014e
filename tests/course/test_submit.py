"""Handing in by a zip, and collecting zips: what comes out is what nbgrader expects, and a wrong zip does no harm."""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import unicodedata
import zipfile
from pathlib import Path

import nbformat
import pytest
from tiny_course import TinyCourse, cell_named, contents

from tinytorch.course.handin.read_file import MOST_BYTES


def hand_in(course: TinyCourse, student: str, folder: Path, **answers: str | None) -> Path:
    """Have a student fill the notebook and run `tito submit`; give the zip."""
    notebook = course.root / "work" / student / "tiny.ipynb"
    notebook.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(course.filled(**answers), notebook)
    said = course.tito("submit", notebook, "--student", student, "--to", folder, check=True).stdout
    return Path(re.search(r"wrote (.*\.zip)", said)[1])


def rewritten(path: Path, name: str, more: dict[str, bytes] | None = None, **facts: object) -> Path:
    """Make a zip like another, under another name, with other facts in its manifest, and with other or more files."""
    with zipfile.ZipFile(path) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    parts |= more or {}
    parts["manifest.json"] = json.dumps({**json.loads(parts["manifest.json"]), **facts}).encode()
    made = path.with_name(name)
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    return made


def stamped(path: Path, name: str, time: str, source: str) -> Path:
    """Make a hand-in of another time, with another answer."""
    with zipfile.ZipFile(path) as archive:
        notebook = nbformat.reads(archive.read("tiny.ipynb").decode(), as_version=4)
    cell_named(notebook, "double").source = source
    content = nbformat.writes(notebook).encode()
    parts = {"tiny.ipynb": content, "timestamp.txt": time.encode()}
    return rewritten(path, name, parts, sha256=hashlib.sha256(content).hexdigest())


@pytest.fixture
def zips(tmp_path: Path) -> Path:
    (tmp_path / "zips").mkdir()
    return tmp_path / "zips"


def test_a_zip_holds_the_notebook_the_time_the_secret_and_whose_it_is(course: TinyCourse, zips: Path) -> None:
    path = hand_in(course, "ada", zips)
    assert re.fullmatch(r"02_tiny-ada-\d{8}T\d{6}Z\.zip", path.name)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert parts["tiny.ipynb"] == (course.root / "work" / "ada" / "tiny.ipynb").read_bytes()
    assert re.fullmatch(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} UTC", parts["timestamp.txt"])
    assert re.fullmatch(rb"[0-9a-f]{128}", parts["submission_secret.txt"])
    assert json.loads(parts["manifest.json"]) == {
        "format": 1,
        "course": "tinytorch",
        "assignment": "02_tiny",
        "student": "ada",
        "notebook": "tiny.ipynb",
        "sha256": hashlib.sha256(parts["tiny.ipynb"]).hexdigest(),
    }


def test_who_hands_in_is_the_hub_s_user_else_the_account_and_never_an_account_that_all_have(
    course: TinyCourse, zips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTERHUB_USER", "grace")
    assert "handed in by grace" in course.tito("submit", "02", "--to", zips, check=True).stdout
    monkeypatch.delenv("JUPYTERHUB_USER")
    monkeypatch.setenv("LOGNAME", "alan")
    assert "handed in by alan" in course.tito("submit", "02", "--to", zips, check=True).stdout
    monkeypatch.setenv("LOGNAME", "jovyan")
    refused = course.tito("submit", "02", "--to", zips)
    assert refused.returncode == 1
    assert "--student ada" in refused.stderr
    assert len(list(zips.iterdir())) == 2


def test_what_is_not_written_yet_is_named_and_handed_in_all_the_same(course: TinyCourse, zips: Path) -> None:
    said = course.tito("submit", "02", "--student", "ada", "--to", zips, check=True).stdout
    assert "not written yet: double, pair, pair-total" in said


@pytest.mark.parametrize("student", ["../ada", "a/b", "*", "ada+bob", " "])
def test_a_name_that_nbgrader_cannot_keep_is_refused(course: TinyCourse, zips: Path, student: str) -> None:
    refused = course.tito("submit", "02", "--student", student, "--to", zips)
    assert refused.returncode == 1
    assert "cannot be a student's id" in refused.stderr
    assert list(zips.iterdir()) == []


def test_what_is_collected_lies_as_nbgrader_expects_it_and_is_graded(course: TinyCourse, zips: Path) -> None:
    path = hand_in(course, "ada", zips)
    hand_in(course, "bob", zips / "deeper", double=None)
    said = course.tito("collect", zips, check=True).stdout
    assert re.search(r"ada +02_tiny +\S+ +collected\n", said)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"}
    assert contents(course.root / "submitted" / "ada") == {f"02_tiny/{name}": part for name, part in parts.items()}
    course.tito("grade", "submitted", check=True)
    grades = (course.root / "grades.csv").read_text(encoding="utf-8")
    assert re.search(r"^ada,.*\b20\b", grades, re.MULTILINE)
    assert re.search(r"^bob,", grades, re.MULTILINE)


def test_a_second_collect_changes_nothing(course: TinyCourse, zips: Path) -> None:
    first = hand_in(course, "ada", zips)
    stamped(first, "older.zip", "2026-05-01 10:00:00.000000 UTC", "#| export\ndef double(x): return 0")
    course.tito("collect", zips, check=True)
    after = {path: path.stat().st_mtime_ns for path in course.root.rglob("*") if path.is_file()}
    again = course.tito("collect", zips, check=True).stdout
    assert again.count("was collected before") == 2
    assert {path: path.stat().st_mtime_ns for path in course.root.rglob("*") if path.is_file()} == after


def test_the_newest_counts_in_whatever_order_they_come_and_the_others_are_kept(course: TinyCourse, zips: Path) -> None:
    first = hand_in(course, "ada", zips)
    sources = {f"2026-05-0{day}": f"#| export\ndef double(x): return {day}" for day in (1, 2, 3)}
    made = {day: stamped(first, f"{day}.zip", f"{day} 10:00:00.000000 UTC", text) for day, text in sources.items()}
    for day in ("2026-05-02", "2026-05-03", "2026-05-01"):
        course.tito("collect", made[day], check=True)
    counted = course.root / "submitted" / "ada" / "02_tiny"
    assert "return 3" in (counted / "tiny.ipynb").read_text(encoding="utf-8")
    assert (counted / "timestamp.txt").read_text(encoding="utf-8") == "2026-05-03 10:00:00.000000 UTC"
    kept = {path.parent.name: path.read_text(encoding="utf-8") for path in (course.root / "history").rglob("*.ipynb")}
    assert sorted(kept) == ["2026-05-01T10-00-00", "2026-05-02T10-00-00"]
    assert "return 1" in kept["2026-05-01T10-00-00"]
    assert "return 2" in kept["2026-05-02T10-00-00"]


def link(name: str) -> bytes:
    """Give a zip whose `name` is a symbolic link."""
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
    made = make(hand_in(course, "eve", tmp_path / "eve"))
    zips = tmp_path / "zips"
    zips.mkdir()
    made.rename(zips / made.name)
    hand_in(course, "ada", zips)
    before = contents(course.root)
    ran = course.tito("collect", zips)
    assert ran.returncode == 1
    (problem,) = [line for line in ran.stderr.splitlines() if made.name in line]
    assert sentence in problem
    assert "Traceback" not in ran.stderr
    assert "1 of 2 zips were not collected" in ran.stderr
    new = {name for name in contents(course.root) if name not in before}
    files = ("submission_secret.txt", "timestamp.txt", "tiny.ipynb")
    assert new == {f"submitted/ada/02_tiny/{name}" for name in files}
    assert not (tmp_path / "evil.py").exists()


def test_what_a_learning_platform_puts_around_the_name_does_no_harm(course: TinyCourse, zips: Path) -> None:
    path = hand_in(course, "ada", zips)
    path.rename(zips / f"Lovelace Ada_1815_assignsubmission_file_{path.stem} (1).zip")
    course.tito("collect", zips, check=True)
    assert (course.root / "submitted" / "ada" / "02_tiny" / "tiny.ipynb").is_file()


def test_a_name_with_an_accent_is_known_again_after_macos_took_it_apart(course: TinyCourse, zips: Path) -> None:
    path = hand_in(course, "zo\u00eb", zips)
    path.rename(zips / unicodedata.normalize("NFD", path.name))
    course.tito("collect", zips, check=True)
    assert [folder.name for folder in (course.root / "submitted").iterdir()] == ["zo\u00eb"]


def test_a_folder_without_zips_is_said_to_be_one(course: TinyCourse, zips: Path) -> None:
    for where, sentence in ((zips, "There is no zip in"), (zips / "nowhere", "There is no ")):
        refused = course.tito("collect", where)
        assert refused.returncode == 1
        assert sentence in refused.stderr


def test_where_nothing_can_be_written_the_reason_is_a_sentence(course: TinyCourse, zips: Path) -> None:
    (zips / "file").write_text("in the way", encoding="utf-8")
    refused = course.tito("submit", "02", "--student", "ada", "--to", zips / "file")
    assert refused.returncode == 1
    assert "give another folder by --to" in refused.stderr
    hand_in(course, "ada", zips)
    (course.root / "submitted").write_text("in the way", encoding="utf-8")
    stopped = course.tito("collect", zips)
    assert stopped.returncode == 1
    assert "Collecting had to stop at ada" in stopped.stderr
