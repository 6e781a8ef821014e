"""Where a student stands: which modules are written, pass, are exported and handed in.

Nothing is run for it. `tito check` and `tito submit` keep what came of them, and when, in `.tito/` of the bundle.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tinytorch.course.error_text import first_line
from tinytorch.course.files import write_whole
from tinytorch.course.layout import EXPORTED_FROM, Course, CourseError, Module
from tinytorch.course.notebook import STUB, grade_id, read_notebook, role_of
from tinytorch.course.released import released_notebook

KEPT = ".tito"  # a folder in the bundle, with a file for each module
COLUMNS = ["module", "written", "visible points", "exported", "handed in"]
CHANGED = "changed since"


@dataclass(frozen=True)
class ModuleStatus:
    """Where a student stands with one module, in words."""

    assignment: str
    written: str
    passes: str
    exported: str
    handed_in: str

    @property
    def row(self) -> list[str]:
        """The module as a row of a table with the columns `COLUMNS`."""
        return [self.assignment, self.written, self.passes, self.exported, self.handed_in]


def notebook_digest(path: Path) -> str:
    """Return a notebook's SHA-256, by which a later change of it is seen; empty if there is no such file."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def keep_check(course: Course, module: Module, digest: str, points: float, max_points: float, now: datetime) -> None:
    """Keep what a check of all steps came to; `digest` is that of the notebook that was read. Only bundles keep it."""
    _keep(course, module, "checked", {"digest": digest, "points": points, "max_points": max_points}, now)


def keep_hand_in(course: Course, module: Module, digest: str, file: str, now: datetime) -> None:
    """Keep that a zip was made to hand in. Only bundles keep it."""
    _keep(course, module, "handed_in", {"digest": digest, "file": file}, now)


def student_status(course: Course, modules: list[Module]) -> list[ModuleStatus]:
    """Return where a student stands with each module, the ones that came as a package first.

    Raises:
        CourseError: a released notebook is missing.
    """
    given = course.core_before(modules[0]) if modules else []
    rows = [ModuleStatus(_assignment_of(path), "given", "", "in the package", "") for path in given]
    return rows + [_status_of(course, module) for module in modules]


def _status_of(course: Course, module: Module) -> ModuleStatus:
    kept, digest = _read_kept(course, module), notebook_digest(module.released_path)
    try:
        written = _written(course, module)
    except CourseError as error:
        written = first_line(str(error))
    checked, handed_in = kept.get("checked"), kept.get("handed_in")
    passes = "not checked yet: tito check " + module.number
    if checked:
        passes = f"{checked['points']:g} of {checked['max_points']:g}, {_when(checked, digest)}"
    sent = f"{handed_in['file']}, {_when(handed_in, digest)}" if handed_in else "no"
    return ModuleStatus(module.assignment, written, passes, _exported(module), sent)


def _written(course: Course, module: Module) -> str:
    """Return how many of the cells to write, and of the written answers, are no longer as released."""
    roles = ("solution", "written")
    released = {
        grade_id(cell): cell.source for cell in released_notebook(course, module).cells if role_of(cell) in roles
    }
    found = {grade_id(cell): cell.source for cell in read_notebook(module.released_path).cells}
    done = [name for name in released if found.get(name, "").strip() and found[name] != released[name]]
    done = [name for name in done if STUB not in found[name]]
    return f"{len(done)} of {len(released)} cells"


def _exported(module: Module) -> str:
    """Return whether the package has the module, and whether the notebook is newer."""
    try:
        named = EXPORTED_FROM.search(module.core_path.read_text(encoding="utf-8"))
        exported, saved = module.core_path.stat().st_mtime_ns, module.released_path.stat().st_mtime_ns
    except OSError:
        return "no"
    if named is None or named["assignment"] != module.assignment:
        return "no"
    return "yes" if exported >= saved else f"yes, {CHANGED}"


def _when(kept: dict[str, Any], digest: str) -> str:
    """Return when something was kept, in local time, and whether the notebook has changed."""
    at = datetime.fromisoformat(kept["at"]).astimezone()
    return f"{at:%Y-%m-%d %H:%M}" + ("" if kept["digest"] == digest else f", {CHANGED}")


def _assignment_of(core: Path) -> str:
    named = EXPORTED_FROM.search(core.read_text(encoding="utf-8"))
    return named["assignment"] if named else core.stem


def _file(course: Course, module: Module) -> Path:
    return course.root / KEPT / f"{module.assignment}.json"


def _read_kept(course: Course, module: Module) -> dict[str, dict[str, Any]]:
    """Return what was kept of a module; nothing where the file is missing or damaged: it is made anew."""
    try:
        found = json.loads(_file(course, module).read_text(encoding="utf-8"))
        return {what: dict(kept) for what, kept in found.items() if _is_whole(what, kept)}
    except (OSError, ValueError, AttributeError):
        return {}


def _is_whole(what: str, kept: Any) -> bool:
    """Whether something that was kept has all that is shown of it."""
    try:
        datetime.fromisoformat(kept["at"])
        named = [kept["file"]] if what == "handed_in" else [kept["points"] + 0, kept["max_points"] + 0]
        return bool(kept["digest"] and named)
    except (ValueError, KeyError, TypeError):
        return False


def _keep(course: Course, module: Module, what: str, facts: dict[str, Any], now: datetime) -> None:
    if not course.is_bundle:
        return
    kept = _read_kept(course, module) | {what: {"at": now.isoformat(timespec="seconds"), **facts}}
    try:
        write_whole(_file(course, module), json.dumps(kept, indent=1).encode())
    except OSError:  # a folder that cannot be written to: the check itself was made and printed
        return
