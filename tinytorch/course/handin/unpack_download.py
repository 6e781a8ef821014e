"""Unpacking the zip that a platform gives out for a whole class into a temporary folder, where its files are looked at.

Nothing is written outside of that folder, whatever the zip's names say, and a zip that would fill the disk is refused.
"""

from __future__ import annotations

import os
import re
import stat
import time
import unicodedata
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path, PurePosixPath

from tinytorch.course.handin.read_zip import MOST_ZIP_BYTES
from tinytorch.course.handin.submit import MANIFEST
from tinytorch.course.layout import CourseError

MOST_ENTRIES = 50_000  # a class of 1,000 with 50 files each
MOST_BYTES = 4_000_000_000  # of all files together
DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # names of devices on Windows


def is_download(path: Path) -> bool:
    """Whether a file is a zip that `tito submit` did not make."""
    if path.suffix.lower() != ".zip" or not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return MANIFEST not in archive.namelist()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def unpack_download(path: Path, folder: Path) -> dict[str, str]:
    """Unpack a zip into an empty folder; return the names of what was not unpacked, and why.

    Raises:
        CourseError: the zip has too many files, or they would be too large.
    """
    refused: dict[str, str] = {}
    left, seen = MOST_BYTES, set[str]()
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MOST_ENTRIES:
                raise CourseError(
                    f"{path} holds {len(entries):,} files, at most {MOST_ENTRIES:,}: unpack it, and give the folder."
                )
            for entry in entries:
                reason = _unsafe(entry)
                same = unicodedata.normalize("NFC", entry.filename).casefold()
                if not reason and same in seen:
                    reason = "another file of the zip has the same name"
                if not reason:
                    seen.add(same)
                    target = folder.joinpath(*PurePosixPath(entry.filename).parts)
                    reason, size = _write(archive, entry, target)
                    left -= size
                if left < 0:
                    raise CourseError(
                        f"{path} unpacks to more than {MOST_BYTES // 1_000_000_000} GB: unpack it, and give the folder."
                    )
                if reason:
                    number = sum(name.partition(" (again")[0] == entry.filename for name in refused)
                    refused[f"{entry.filename} (again, {number})" if number else entry.filename] = reason
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise CourseError(f"{path} is damaged ({error}): download it again.") from None
    return refused


def _unsafe(entry: zipfile.ZipInfo) -> str:
    """Return why an entry is not unpacked, as its name and its kind say; nothing if it may be."""
    name, mode = entry.filename, entry.external_attr >> 16
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or "\\" in name or "\0" in name or ":" in parts[0] or ".." in parts:
        return "its name leads out of the zip"
    if any(DEVICE.fullmatch(part) for part in parts):
        return "its name is that of a device on Windows"
    if any(len(part.encode()) > 255 for part in parts) or len(name.encode()) > 1000:
        return "its name is too long"
    if mode and stat.S_IFMT(mode) and not stat.S_ISREG(mode):
        return "it is a link, or no file that can be read"
    if entry.flag_bits & 0x1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "it is encrypted, or packed in another way"
    return ""


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> tuple[str, int]:
    """Write an entry, whatever it says of its size, up to a limit; return why it was not written, and its size."""
    try:
        with archive.open(entry) as file:
            content = file.read(MOST_ZIP_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        return f"it is damaged ({error})", 0
    if len(content) > MOST_ZIP_BYTES:
        return f"it is too large (at most {MOST_ZIP_BYTES // 1_000_000} MB)", len(content)
    try:
        if not target.parent.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        return "a folder of the zip has the same name", 0
    with suppress(ValueError, OverflowError, OSError):
        moment = time.mktime((*entry.date_time, 0, 0, -1))
        os.utime(target, (moment, moment))
    return "", len(content)
