"""The environment variables of a graded kernel, and the fonts that matplotlib finds there."""

from __future__ import annotations

import functools
import os
from pathlib import Path

FONT_LISTS = "fontlist-*.json"
# One thread each: several submissions are graded at once, and threads count towards the limit on processes.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def clean_environment(home: str, matplotlib: str, package: str) -> dict[str, str]:
    """Return a graded kernel's environment variables, with nothing from the grader's own."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "LANG": "C.UTF-8",
        "IPYTHONDIR": f"{home}/ipython",
        "MPLCONFIGDIR": matplotlib,
        "PYTHONPATH": package,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",  # so that the same submission gets the same points each time
        **ONE_THREAD,
    }


@functools.cache
def font_caches() -> tuple[Path, ...]:
    """Return matplotlib's list of fonts, made if there is none: each kernel would take a second to make its own."""
    usual = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "matplotlib"
    if "MPLCONFIGDIR" not in os.environ and (found := tuple(usual.glob(FONT_LISTS))):
        return found  # without matplotlib, which takes long to load
    try:
        import matplotlib
    except ImportError:
        return ()
    folder = Path(matplotlib.get_cachedir())
    if not list(folder.glob(FONT_LISTS)):
        import matplotlib.font_manager
    return tuple(folder.glob(FONT_LISTS))
