"""A platform's outer zip: what could leave its folder, fill the disk or hide another file is refused by name."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tinytorch.course.handin import unpack_download as unpacking
from tinytorch.course.handin.unpack_download import unpack_download
from tinytorch.course.layout import CourseError

OUT = "its name leads out of the zip"
DEVICE = "its name is that of a device on Windows"
NO_FILE = "it is a link, or no file that can be read"
SAME = "another file of the zip has the same name"
# What a name, or the kind of an entry, is refused for
REFUSED: dict[str, tuple[str, int]] = {
    "../up.ipynb": (OUT, 0),
    "a/../../up.ipynb": (OUT, 0),
    "/absolute.ipynb": (OUT, 0),
    "//host/share.ipynb": (OUT, 0),
    "C:/absolute.ipynb": (OUT, 0),
    "a\\..\\..\\up.ipynb": (OUT, 0),
    "aux.ipynb": (DEVICE, 0),
    "a/COM1/x.ipynb": (DEVICE, 0),
    "nul": (DEVICE, 0),
    "link.ipynb": (NO_FILE, 0o120777),
    "pipe.ipynb": (NO_FILE, 0o010644),
    "device.ipynb": (NO_FILE, 0o060644),
    "A/FIRST.ipynb": (SAME, 0),
    f"{'x' * 300}.ipynb": ("its name is too long", 0),
}


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def archive_of(path: Path, names: list[str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/first.ipynb", b"the first")
        for name in names:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = REFUSED.get(name, ("", 0))[1] << 16
            archive.writestr(entry, b"target")
    return path


@pytest.mark.parametrize("name", REFUSED)
def test_an_entry_is_refused_by_name_and_nothing_is_written_for_it(name: str, tmp_path: Path) -> None:
    (tmp_path / "zip" / "in").mkdir(parents=True)
    path = archive_of(tmp_path / "class.zip", [name])
    assert unpack_download(path, tmp_path / "zip" / "in") == {name: REFUSED[name][0]}
    assert everything(tmp_path) == {"class.zip", "zip", "zip/in", "zip/in/a", "zip/in/a/first.ipynb"}
    assert (tmp_path / "zip" / "in" / "a" / "first.ipynb").read_bytes() == b"the first"


def test_of_entries_with_the_same_name_the_first_counts_and_each_other_is_named(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = archive_of(tmp_path / "class.zip", ["a/first.ipynb", "a/first.ipynb", "a"])
    assert unpack_download(path, tmp_path / "in") == {
        "a/first.ipynb": SAME,
        "a/first.ipynb (again, 1)": SAME,
        "a": "a folder of the zip has the same name",
    }
    assert everything(tmp_path / "in") == {"a", "a/first.ipynb"}


def test_what_unpacks_to_far_more_than_it_is_stops_at_the_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"s{number}/tiny.ipynb", bytes(1_000_000))
        archive.writestr("s6/tiny.ipynb", bytes(3_000_000))
    assert path.stat().st_size < 20_000
    monkeypatch.setattr(unpacking, "MOST_ZIP_BYTES", 2_000_000)
    (tmp_path / "in").mkdir()
    assert unpack_download(path, tmp_path / "in") == {"s6/tiny.ipynb": "it is too large (at most 2 MB)"}
    monkeypatch.setattr(unpacking, "MOST_BYTES", 3_000_000)
    (tmp_path / "again").mkdir()
    with pytest.raises(CourseError, match="unpacks to more than"):
        unpack_download(path, tmp_path / "again")
    assert sum(each.stat().st_size for each in (tmp_path / "again").rglob("*.ipynb")) <= 4_000_000


def test_a_zip_of_one_file_too_many_is_refused_before_any_is_written(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(50_001):
            archive.writestr(f"{number}", b"")
    (tmp_path / "in").mkdir()
    with pytest.raises(CourseError, match=r"holds 50,001 files, at most 50,000: unpack it, and give the folder"):
        unpack_download(path, tmp_path / "in")
    assert everything(tmp_path / "in") == set()


def test_an_encrypted_or_damaged_zip_is_named(tmp_path: Path) -> None:
    path = archive_of(tmp_path / "class.zip", ["b/second.ipynb"])
    content = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        content[content.rindex(signature) + flags] |= 1  # the bit that says so
    path.write_bytes(content)
    (tmp_path / "in").mkdir()
    assert unpack_download(path, tmp_path / "in") == {"b/second.ipynb": "it is encrypted, or packed in another way"}
    path.write_bytes(content[:-30])
    (tmp_path / "more").mkdir()
    with pytest.raises(CourseError, match="is damaged"):
        unpack_download(path, tmp_path / "more")
