"""What takes long to make, kept by a name for all that it depends on, for all courses of this user.

It is in ~/.cache/tinytorch, or where XDG_CACHE_HOME or TINYTORCH_CACHE says. All of it may be deleted at any time: what
is missing or damaged is made anew.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tinytorch.course.files import write_whole

if TYPE_CHECKING:
    from jinja2 import FileSystemBytecodeCache

MOST_ENTRIES = 50  # of a kind; older ones are deleted


def find_kept(kind: str, key: str) -> bytes | None:
    """Return what was kept by this key, None if that is nothing or damaged."""
    try:
        digest, _, content = (_folder(kind) / key).read_bytes().partition(b"\n")
    except OSError:
        return None
    return content if digest.decode(errors="replace") == hashlib.sha256(content).hexdigest() else None


def keep(kind: str, key: str, content: bytes) -> None:
    """Keep content by a key; where that is not possible, it is made anew the next time."""
    with suppress(OSError):
        write_whole(_folder(kind) / key, hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        entries = sorted(_folder(kind).glob("[!.]*"), key=lambda path: path.stat().st_mtime_ns)
        for older in entries[:-MOST_ENTRIES]:
            older.unlink(missing_ok=True)


def made_once(kind: str, made_from: object, make: Callable[[], Any]) -> Any:
    """Return what `make` returns, from an earlier run or made now and kept: lists, dictionaries, texts and numbers.

    Args:
        kind: what it is; it names the folder.
        made_from: all that it is made from, besides the course tools: its `repr` has to say everything.
        make: makes it.
    """
    key = hashlib.sha256(f"{tools()}\0{made_from!r}".encode("utf-8", "surrogatepass")).hexdigest()
    kept = find_kept(kind, key)
    if kept is None:
        kept = json.dumps(make()).encode()
        keep(kind, key, kept)
    return json.loads(kept)


def compiled_templates() -> FileSystemBytecodeCache | None:
    """Return what keeps jinja's templates compiled, for its environments; None where nothing can be kept."""
    from jinja2 import FileSystemBytecodeCache  # which `tito check` does without

    folder = _folder("templates")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return FileSystemBytecodeCache(str(folder), "%s")


def _folder(kind: str) -> Path:
    usual = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tinytorch"
    return Path(os.environ.get("TINYTORCH_CACHE") or usual) / kind


@functools.cache
def tools() -> str:
    """Return a name for what makes things here: the course tools' own files, Python, and the versions of packages."""
    digest = hashlib.sha256(f"{platform.platform()}\0{sys.version}\0".encode())
    package = Path(__file__).parent
    for path in sorted(path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(package)}\0{len(content)}\0".encode() + content)
    for folder in filter(os.path.isdir, sys.path):
        installed = [name for name in os.listdir(folder) if name.endswith((".dist-info", ".egg-info"))]
        digest.update("\0".join(sorted(installed)).encode())
    return digest.hexdigest()
