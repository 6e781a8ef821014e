"""The repository that is tested, and copies of what is, or would be, committed of it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def tracked_files() -> list[str]:
    """Return the files that are, or would be, committed, by their paths below the root."""
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted(line for line in listed.stdout.splitlines() if (ROOT / line).is_file())


def copy_tracked(to: Path, without: tuple[str, ...] = ()) -> None:
    """Copy these files, with their permissions, but for those whose paths begin with one of `without`."""
    for name in tracked_files():
        if not name.startswith(without):
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, to / name)
