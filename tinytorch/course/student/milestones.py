"""Running the milestones on what a student exported, and keeping what came of them beside their pictures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tinytorch.course.files import write_whole
from tinytorch.course.layout import EXPORTED_FROM, Course, CourseError
from tinytorch.course.sandbox.environment import ONE_THREAD
from tinytorch.milestones import MILESTONES, NOT_REACHED, Milestone, picture_path

FOLDER = "milestones"  # in the course or bundle: a picture of each, and RESULTS
RESULTS = "results.json"
COLUMNS = ["milestone", "years", "what", "state"]


def find_milestone(name: str) -> Milestone:
    """Return the milestone of this name, or raise `CourseError` that lists all."""
    for milestone in MILESTONES:
        if milestone.name == name:
            return milestone
    raise CourseError(f"There is no milestone {name!r}: choose one of {', '.join(each.name for each in MILESTONES)}.")


def rows(course: Course) -> list[list[str]]:
    """Return a row for each milestone, with the columns `COLUMNS`."""
    exported, results = _exported(course), _read_results(course)
    return [[each.name, each.years, each.title, _state(each, exported, results)] for each in MILESTONES]


def run_milestone(course: Course, milestone: Milestone, now: datetime) -> tuple[bool, Path]:
    """Run a milestone and keep what came of it; return whether its threshold was reached, and its picture.

    What it prints, and the traceback of what was exported, go where this process prints.

    Raises:
        CourseError: something is not exported that it needs, or it raised an error.
    """
    missing = _missing(milestone, _exported(course))
    if missing:
        raise CourseError(
            f"The milestone {milestone.name} needs {_modules(missing)}, not exported yet: finish the "
            f"notebook{'s' * (len(missing) > 1)}, then run `tito export {missing[0]}`."
        )
    folder = course.root / FOLDER
    folder.mkdir(exist_ok=True)
    # Matrices as small as these are multiplied faster by one thread; several wait for each other where cores are busy.
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": _before("PYTHONPATH", course.root)}
    command = [sys.executable, "-m", "tinytorch.milestones", milestone.name, str(folder)]
    code = subprocess.run(command, cwd=course.root, env=environment, check=False).returncode
    if code not in (0, NOT_REACHED):
        raise CourseError(
            f"The milestone {milestone.name} stopped with the error above: the last line in tinytorch/core that it "
            "names is your code. Fix it in its notebook, export the notebook again, and run the milestone again."
        )
    _keep(course, milestone, code == 0, now)
    return code == 0, picture_path(milestone, folder)


def _exported(course: Course) -> set[str]:
    """Return the numbers of the modules whose exports are in the package."""
    found = set()
    for path in sorted((course.root / "tinytorch" / "core").glob("*.py")):
        if named := EXPORTED_FROM.search(path.read_text(encoding="utf-8", errors="replace")):
            found.add(named["assignment"][:2])
    return found


def _missing(milestone: Milestone, exported: set[str]) -> list[str]:
    return [number for number in milestone.modules if number not in exported]


def _state(milestone: Milestone, exported: set[str], results: dict[str, dict[str, Any]]) -> str:
    """Return what came of a milestone's last run, or else what it still needs."""
    if milestone.name in results:
        result = results[milestone.name]
        at = datetime.fromisoformat(result["at"]).astimezone()
        return f"{'pass' if result['reached'] else 'fail'}, {at:%Y-%m-%d %H:%M}"
    missing = _missing(milestone, exported)
    if missing:
        return f"needs {_modules(missing)}, not exported yet"
    return f"not run yet: tito milestone {milestone.name}"


def _modules(numbers: Sequence[str]) -> str:
    """Return "module 05", or "modules 05, 06 and 07"."""
    *first, last = numbers
    return f"modules {', '.join(first)} and {last}" if first else f"module {last}"


def _read_results(course: Course) -> dict[str, dict[str, Any]]:
    """Return what was kept of the last runs; nothing where the file is missing or damaged: runs make it anew."""
    try:
        found = json.loads((course.root / FOLDER / RESULTS).read_text(encoding="utf-8"))
        for result in found.values():
            datetime.fromisoformat(result["at"]), bool(result["reached"])
        return dict(found)
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return {}


def _keep(course: Course, milestone: Milestone, reached: bool, now: datetime) -> None:
    kept = _read_results(course) | {
        milestone.name: {"at": now.isoformat(timespec="seconds"), "reached": reached},
    }
    write_whole(course.root / FOLDER / RESULTS, json.dumps(kept, indent=1).encode())


def _before(variable: str, path: Path) -> str:
    """Return a list of paths from the environment with another one in front."""
    return os.pathsep.join(filter(None, [str(path), os.environ.get(variable, "")]))
