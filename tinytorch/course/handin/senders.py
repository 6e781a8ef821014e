"""Who handed a file in, as its path says: a reader for each form in which platforms give files out.

A reader is a function from a file's path below what was given to a `Sender`, or to None if the path has another form.
`READERS` has them by name; `find_reader` finds out which one fits. Sources of the forms: TimHanneman/
Canvas_submission_sort; Moodle's mod/assign/classes/downloader.php; vangef/BBGradebookOrganiser; `gh classroom`; public
scripts for Brightspace (D2L) and Gradescope.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import Any

from tinytorch.course.handin.found_files import notebook_stem
from tinytorch.course.instants import read_zone
from tinytorch.course.layout import CourseError


@dataclass(frozen=True)
class Sender:
    """What a path says of who handed a file in, when, and for which time."""

    student: str  # the student's id; the file's own name in a folder that holds files of many
    inside: tuple[str, ...]  # the file's path below the student's own folder; nothing for a file that lies in none
    platform: str = "folder"  # whose form the path has
    name: str = ""  # the student's name, as the platform writes it
    ids: Mapping[str, str] = field(default_factory=dict)  # by which a class list knows the student: {"ID": "12345"}
    time: datetime | None = None  # when it was handed in, if the platform says so
    zone: str = ""  # which zone's time that is, if the platform does not say it: this machine's, or a chosen one's
    attempt: int = 0  # a later one replaces an earlier one
    late: bool = False  # whether the platform calls it late
    is_page: bool = False  # whether the platform added the file itself
    together: tuple[Sender, ...] = ()  # everybody who handed it in, this one too, if the platform says that several did
    members: tuple[str, ...] = ()  # the ids of those who are known, if several handed it in
    strangers: tuple[str, ...] = ()  # how the platform names the others
    path: tuple[str, ...] = ()  # the path that says all this

    @property
    def is_sure(self) -> bool:
        """Whether a platform says who handed it in, and not only the name of a folder that anybody can choose."""
        return self.platform != "folder"


Reader = Callable[[tuple[str, ...]], Sender | None]

CANVAS = re.compile(r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<user>\d+)_(?P<attachment>\d+)_(?P<original>.+)")
CANVAS_ATTEMPT = re.compile(r"-(?P<attempt>\d{1,3})(?=(\.\w+)?$)")
MOODLE = re.compile(r"(?P<name>.+?)(_(?P<id>\d+))?_assignsubmission_(?P<kind>file|onlinetext)(_(?P<original>.*))?")
BLACKBOARD = re.compile(
    r"(?P<assignment>.+)_(?P<user>[^_]+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(_(?P<original>.+)|(?P<page>\.txt))"
)
D2L = re.compile(
    r"(?P<user>\d+)-(?P<folder>\d+) - (?P<name>.+) - "
    r"(?P<month>\w{3})\w* (?P<day>\d{1,2}), (?P<year>\d{4}) (?P<hour>\d{1,2})(?P<minute>\d\d) (?P<half>[AP]M)"
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
GRADESCOPE = re.compile(r"submission_(?P<number>\d+)")
GRADESCOPE_LIST = "submission_metadata.yml"
CLASSROOM = re.compile(r"(?P<assignment>.+)-submissions")


def by_folder(parts: tuple[str, ...]) -> Sender:
    """Read alice.ipynb, bob/dataloader.ipynb and carol/anything/below: the first part is the student."""
    match parts:
        case (name,):
            return Sender(notebook_stem(name), ())
        case (student, *inside):
            return Sender(student, tuple(inside))
    raise ValueError("a path has at least one part")


def by_canvas(parts: tuple[str, ...]) -> Sender | None:
    """Read byronada_LATE_12345_678901_dataloader-1.ipynb: name, lateness, user, attachment, file, attempt."""
    if not (found := CANVAS.fullmatch(parts[-1])):
        return None
    again = CANVAS_ATTEMPT.search(found["original"])
    original = CANVAS_ATTEMPT.sub("", found["original"])
    return Sender(
        found["user"],
        (original,),
        "Canvas",
        found["name"],
        {"ID": found["user"]},
        attempt=int(again["attempt"]) if again else 0,
        late=bool(found["late"]),
    )


def by_moodle(parts: tuple[str, ...]) -> Sender | None:
    """Read Ada Byron_12345_assignsubmission_file/dataloader.ipynb, and the same with all in one name."""
    for place, part in enumerate(parts):
        if found := MOODLE.fullmatch(part):
            inside = parts[place + 1 :] or ((found["original"],) if found["original"] else ())
            is_page = found["kind"] == "onlinetext" or not inside
            return Sender(found["id"] or "", inside, "Moodle", found["name"], is_page=is_page)
    return None


def by_blackboard(parts: tuple[str, ...], zone: tzinfo | None = None) -> Sender | None:
    """Read HW5_jdoe1_attempt_2026-11-29-04-15-00_dataloader.ipynb; without a zone, its time is this machine's."""
    if not (found := BLACKBOARD.fullmatch(parts[-1])):
        return None
    time = _instant(zone, *map(int, found["time"].split("-")))
    inside = (found["original"],) if found["original"] else ()
    ids = {"Username": found["user"]}
    page = bool(found["page"])
    return Sender(found["user"], inside, "Blackboard", "", ids, time, zone=_zone_in_words(zone), is_page=page)


def by_d2l(parts: tuple[str, ...], zone: tzinfo | None = None) -> Sender | None:
    """Read 123-456 - Ada Byron - Nov 28, 2026 1122 AM/dataloader.ipynb; without a zone, its time is this machine's."""
    for place, part in enumerate(parts[:-1]):
        if (found := D2L.fullmatch(part)) and found["month"].lower() in MONTHS:
            hour = int(found["hour"]) % 12 + (12 if found["half"] == "PM" else 0)
            month = MONTHS.index(found["month"].lower()) + 1
            time = _instant(zone, int(found["year"]), month, int(found["day"]), hour, int(found["minute"]))
            name, said = found["name"], _zone_in_words(zone)
            return Sender(found["user"], parts[place + 1 :], "Brightspace", name, time=time, zone=said)
    return None


def by_github(parts: tuple[str, ...]) -> Sender | None:
    """Read loader-submissions/loader-ada/any/folders/dataloader.ipynb, as `gh classroom` clones repositories."""
    for place, part in enumerate(parts[:-2]):
        if found := CLASSROOM.fullmatch(part):
            prefix, repository = found["assignment"] + "-", parts[place + 1]
            if repository.startswith(prefix):
                user = repository.removeprefix(prefix)
                return Sender(user, parts[place + 2 :], "GitHub", user, {"GitHub": user})
    return None


def gradescope_reader(given: Iterable[Path]) -> Reader:
    """Return a reader of assignment_1_export/submission_2/dataloader.ipynb: who that is stands in a file beside."""
    import yaml  # type: ignore[import-untyped]  # few need it

    people: dict[str, tuple[list[dict[str, Any]], datetime | None]] = {}
    for folder in given:
        for listing in sorted(folder.rglob(GRADESCOPE_LIST)) if folder.is_dir() else []:
            try:
                read = yaml.safe_load(listing.read_text(encoding="utf-8"))
            except (OSError, ValueError, yaml.YAMLError):
                continue
            for key, value in read.items() if isinstance(read, dict) else ():
                submitters = value.get(":submitters") if isinstance(value, dict) else None
                if isinstance(submitters, list) and all(isinstance(each, dict) for each in submitters):
                    created = value.get(":created_at")
                    has_zone = isinstance(created, datetime) and created.tzinfo is not None
                    people[str(key)] = submitters, created.astimezone(UTC) if has_zone else None

    def by_gradescope(parts: tuple[str, ...]) -> Sender | None:
        for place, part in enumerate(parts[:-1]):
            if GRADESCOPE.fullmatch(part) and people.get(part):
                submitters, time = people[part]
                everybody = tuple(_submitter(each, parts[place + 1 :], time) for each in submitters)
                return dataclasses.replace(everybody[0], together=everybody if len(everybody) > 1 else ())
        return None

    return by_gradescope


def _submitter(said: Mapping[Any, Any], inside: tuple[str, ...], time: datetime | None) -> Sender:
    """Return one of those who handed in a submission, as Gradescope's list says."""
    known = {str(key).strip(":"): "" if value is None else str(value) for key, value in said.items()}
    ids = {"SID": known.get("sid", ""), "Email": known.get("email", "")}
    student = ids["SID"] or ids["Email"].partition("@")[0]
    return Sender(student, inside, "Gradescope", known.get("name", ""), ids, time)


READERS: dict[str, Reader] = {
    "canvas": by_canvas,
    "moodle": by_moodle,
    "blackboard": by_blackboard,
    "d2l": by_d2l,
    "github": by_github,
}
FORMS = (*READERS, "gradescope", "folder")


def chosen_zone(name: str) -> tzinfo | None:
    """Return the zone that --timezone names, None if it names none, or raise `CourseError`."""
    try:
        return read_zone(name) if name else None
    except ValueError as error:
        raise CourseError(f"--timezone {name}: {error}; give a place, such as Europe/Berlin, or UTC.") from None


def find_reader(
    form: str, paths: Iterable[tuple[str, ...]], given: Iterable[Path], zone: tzinfo | None = None
) -> Reader:
    """Return the reader of a form; if `form` is empty, the one that reads most of the paths. Others are read by folder.

    Args:
        form: one of `FORMS`, or nothing.
        paths: the paths of the files below what was given.
        given: what was given.
        zone: of the times in names that do not say their zone; this machine's if None.

    Raises:
        CourseError: there is no such form.
    """
    if form and form not in FORMS:
        raise CourseError(f"--from {form} is no form that is known: choose one of {', '.join(FORMS)}.")
    if form == "folder":
        return by_folder
    readers = dict(READERS)
    readers |= {"blackboard": partial(by_blackboard, zone=zone), "d2l": partial(by_d2l, zone=zone)}
    every = list(paths)
    if form == "gradescope" or any(parts[-1] == GRADESCOPE_LIST for parts in every):
        readers["gradescope"] = gradescope_reader(given)
    if form:
        best = readers[form]
    else:
        counts = {name: sum(reader(parts) is not None for parts in every) for name, reader in readers.items()}
        best = readers[max(counts, key=lambda name: counts[name])]
    return lambda parts: best(parts) or by_folder(parts)


def _instant(zone: tzinfo | None, *moment: int) -> datetime | None:
    """Return a time of a zone, this machine's if None, in UTC; None if there is no such time."""
    try:
        return datetime(*moment, tzinfo=zone).astimezone(UTC)  # type: ignore[arg-type,misc]
    except ValueError:
        return None


def _zone_in_words(zone: tzinfo | None) -> str:
    return str(zone) if zone else "this machine"
