"""A made-up class of 30 in the form of each platform: what it gives out, its class list, and its export of grades."""

from __future__ import annotations

import hashlib
import io
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.helpers.hand_in import written
from tests.helpers.tiny_course import TinyCourse

FIRST = [
    "Ada",
    "Pat",
    "Jürgen",
    "Ana",
    "伟",
    "Zoë",
    "Mary-Jane",
    "Ole",
    "Łukasz",
    "Søren",
    "Ngozi",
    "Chloé",
    "Björn",
    "Yūki",
    "小龙",
    "Ivan",
    "Ēriks",
    "Gülşen",
    "Hugo",
    "Iñés",
    "João",
    "Kofi",
    "Lena",
    "Miloš",
    "Nadia",
    "Oscar",
    "Priya",
    "Quinn",
    "Rosa",
    "Sam",
]
LAST = [
    "Byron",
    "O'Neil",
    "Groß",
    "Kovač-Ilić",
    "王",
    "Müller",
    "D'Arcy",
    "van den Berg",
    "Nowak",
    "Kierkegaard",
    "Okafor",
    "Lefèvre",
    "Ångström",
    "Tanaka",
    "李",
    "Poe, Jr.",
    "Bērziņš",
    "Yildiz",
    "De la Cruz",
    "Muñoz",
    "Conceição",
    "Mensah",
    "Fischer",
    "Đorđević",
    "Haddad",
    "Wilde",
    "Sharma",
    "O'Quinn",
    "Di Stefano",
    "Lee",
]
# What the answers are worth: all right, nothing, one step wrong
DOUBLE = {"double": "#| export\ndef double(x): return 3 * x\n"}
TOTAL = {"pair_total": "#| export\n@patch\ndef total(self: Pair) -> float: return 0.0\n"}
ANSWERS: dict[str, tuple[dict[str, str], float]] = {
    "right": ({}, 20.0),
    "half": (DOUBLE, 10.0),
    "wrong": (DOUBLE | TOTAL, 0.0),
}


@dataclass(frozen=True)
class Person:
    """A student of the class, as a platform knows them."""

    number: int
    first: str
    last: str

    @property
    def login(self) -> str:
        """The id on the class list."""
        return f"stu{self.number:02}"

    @property
    def email(self) -> str:
        """The address."""
        return f"{self.login}@example.org"

    @property
    def user(self) -> str:
        """The platform's own number."""
        return str(4000 + self.number)

    @property
    def full(self) -> str:
        """First name and last name."""
        return f"{self.first} {self.last}"

    @property
    def squeezed(self) -> str:
        """The name as Canvas writes it into a file's name."""
        return "".join(letter for letter in (self.last + self.first).lower() if letter.isalnum())


CLASS = [Person(number, *names) for number, names in enumerate(zip(FIRST, LAST, strict=True), start=1)]
LATE, THREE_TIMES, FORGED, UNREADABLE, ABSENT, ZIPPED, ALONE = 2, 3, 5, 6, 7, 10, 1  # numbers of students
GROUP = (20, 21, 22)  # where the platform has groups


@dataclass
class Download:
    """What a platform gives out, and what has to come of it."""

    files: dict[str, bytes] = field(default_factory=dict)
    points: dict[str, float] = field(default_factory=dict)  # of who gets a score, by id
    held: set[str] = field(default_factory=set)  # ids of those of whom a file is held, or can't be read
    nobody: set[str] = field(default_factory=set)  # ids of those of whom there is nothing


Name = Callable[[Person, int, str], str]  # a file's name for a person, an attempt, and a name of its own


class Maker:
    """Makes what 30 students hand in."""

    def __init__(self, course: TinyCourse) -> None:
        self.course = course
        self.notebooks = {what: written(course.filled(**answers)).encode() for what, (answers, _) in ANSWERS.items()}
        self.random = random.Random(30)

    def download(self, name: Name, *, attempts: int = 3, with_group: bool = False) -> Download:
        """Return a download in which each student has a part; `name` says how the platform names a file."""
        made = Download()
        for person in CLASS:
            what = ("right", "half", "wrong")[person.number % 3]
            points = ANSWERS[what][1]
            if person.number == ABSENT:
                made.nobody.add(person.login)
                continue
            if person.number == UNREADABLE:
                made.files[name(person, 0, "tiny.ipynb")] = self.notebooks["right"][:700]
                made.held.add(person.login)
                continue
            if person.number == FORGED:
                made.files[name(person, 0, "02_tiny.zip")] = self.zipped(CLASS[ALONE - 1].login, "right")
                made.held.add(person.login)
                continue
            made.points[person.login] = points
            if with_group and person.number in GROUP[1:]:
                made.points[person.login] = made.points[CLASS[GROUP[0] - 1].login]
                continue
            if person.number == THREE_TIMES and attempts > 1:
                for attempt, other in ((1, "wrong"), (2, "half")):
                    made.files[name(person, attempt, "tiny.ipynb")] = self.notebooks[other]
                made.files[name(person, 3, "tiny.ipynb")] = self.notebooks[what]
            elif person.number % ZIPPED == 0:
                made.files[name(person, 0, "02_tiny.zip")] = self.zipped(person.login, what)
            else:
                made.files[name(person, 0, "tiny.ipynb")] = self.notebooks[what]
        return made

    def zipped(self, student: str, what: str) -> bytes:
        """Return a zip as `tito submit` makes it."""
        notebook = self.notebooks[what]
        facts = {"format": 1, "course": "tinytorch", "assignment": "02_tiny", "student": student}
        facts |= {"notebook": "tiny.ipynb", "sha256": hashlib.sha256(notebook).hexdigest()}
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("tiny.ipynb", notebook)
            archive.writestr("timestamp.txt", "2026-05-01 10:00:00.000000 UTC")
            archive.writestr("submission_secret.txt", self.random.randbytes(32).hex())
            archive.writestr("manifest.json", json.dumps(facts))
        return content.getvalue()


def write_zip(path: Path, files: dict[str, bytes]) -> Path:
    """Write a platform's outer zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 5, 1, 12, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return path
