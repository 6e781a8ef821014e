"""What the benches share: how a figure is told, what machine it was measured on, and where it is written."""

from __future__ import annotations

import os
import platform
import re
import sys
from importlib.metadata import version
from pathlib import Path
from statistics import median

import psutil

from tests.helpers.repository import ROOT

PAGE = ROOT / "docs" / "performance.md"


def spread(values: list[float]) -> str:
    """Return the median, with the least and the most if there are several."""
    middle = f"{median(values):.2f}"
    return f"{middle} ({min(values):.2f} to {max(values):.2f})" if len(values) > 1 else middle


def describe_machine(*packages: str) -> str:
    """Describe the machine, and the versions of Python and of some packages."""
    cpuinfo = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", cpuinfo.read_text(encoding="utf-8")) if cpuinfo.is_file() else None
    parts = [
        f"{os.cpu_count()} cores ({found[1] if found else platform.machine()})",
        f"{psutil.virtual_memory().total / 2**30:.0f} GiB of memory",
        f"Linux {platform.release()}",
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in packages),
    ]
    return ", ".join(parts)


def write_section(page: Path, name: str, text: str) -> None:
    """Put `text` between the page's two comments of that name, in the place of what is there."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        sys.exit(f"{page.name} has no place for {name}: it needs {begin} and {end}, in this order.")
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
