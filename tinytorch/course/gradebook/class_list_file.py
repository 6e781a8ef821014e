"""Class lists as learning platforms export them: which student each row is about.

Known are nbgrader's own, Canvas' gradebook export, Moodle's grading worksheet, participant list and gradebook export,
Brightspace's and Blackboard's gradebook exports, and Gradescope's roster. Another table can be read, too, if the
instructor says which of its columns is what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tinytorch.course.exported_table import read_exported_table
from tinytorch.course.layout import STUDENT_ID, CourseError

FIELDS = ("id", "name", "first_name", "last_name", "email", "section", "group")  # what a column can be said to hold


@dataclass(frozen=True)
class Platform:
    """How one kind of class list looks; of several columns for a thing, the first that is not empty counts."""

    name: str
    required: frozenset[str]  # columns that together no other platform's list has
    id: tuple[str, ...]  # the columns that can hold a student's id, the best first
    name_columns: tuple[str, ...] = ()
    first_name: tuple[str, ...] = ()
    last_name: tuple[str, ...] = ()
    email: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    platform_ids: tuple[str, ...] = ()  # the columns by which the platform finds its student again

    @property
    def people_columns(self) -> tuple[str, ...]:
        """The columns that hold a name or a part of one."""
        return (*self.name_columns, *self.last_name, *self.first_name)


# Sources: nbgrader's "nbgrader db student import"; Canvas lib/gradebook_importer.rb; Moodle
# mod/assign/feedback/offline/importgradeslib.php; the exports of Brightspace, Blackboard and Gradescope.
PLATFORMS = (
    Platform(
        "canvas",
        frozenset({"Student", "ID"}),
        id=("SIS Login ID", "SIS User ID", "ID"),
        name_columns=("Student",),
        section=("Section",),
        platform_ids=("ID", "SIS User ID", "SIS Login ID", "Integration ID"),
    ),
    Platform(
        "d2l",
        frozenset({"OrgDefinedId"}),
        id=("Username", "OrgDefinedId"),
        first_name=("First Name",),
        last_name=("Last Name",),
        email=("Email",),
        section=("Sections", "Section"),
        group=("Groups", "Group"),
        platform_ids=("OrgDefinedId", "Username"),
    ),
    # The number in a worksheet's "Participant 123" is another one for each assignment, so it is nobody's id.
    Platform(
        "moodle",
        frozenset({"Email address"}),
        id=("Username", "ID number", "Email address"),
        name_columns=("Full name",),
        first_name=("First name",),
        last_name=("Last name", "Surname"),
        email=("Email address",),
        section=("Department",),
        group=("Groups", "Group"),
        platform_ids=("Email address", "Username", "ID number"),
    ),
    Platform(
        "gradescope",
        frozenset({"SID", "Email"}),
        id=("SID", "Email"),
        name_columns=("Name",),
        first_name=("First Name",),
        last_name=("Last Name",),
        email=("Email",),
        section=("Section", "Sections"),
        platform_ids=("SID", "Email"),
    ),
    Platform(
        "blackboard",
        frozenset({"Last Name", "First Name", "Username"}),
        id=("Username", "Student ID"),
        first_name=("First Name",),
        last_name=("Last Name",),
        platform_ids=("Username", "Student ID"),
    ),
    Platform(
        "nbgrader",
        frozenset({"id"}),
        id=("id",),
        first_name=("first_name",),
        last_name=("last_name",),
        email=("email",),
        section=("section",),
        group=("group",),
        platform_ids=("lms_user_id",),
    ),
)


@dataclass(frozen=True)
class ListedStudent:
    """A student as a class list has them."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    section: str = ""
    group: str = ""
    platform_ids: Mapping[str, str] = field(default_factory=dict)  # by the platform's name for the column

    @property
    def full_name(self) -> str:
        """The first name and the last, as far as they are known."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)

    @property
    def lms_user_id(self) -> str:
        """The id under which Canvas knows the student, which nbgrader keeps, too."""
        return self.platform_ids.get("ID", "") or self.platform_ids.get("lms_user_id", "")


@dataclass(frozen=True)
class ClassListFile:
    """What a class list says, and how it was understood."""

    platform: str
    columns: dict[str, str]  # what each column that is read holds: {"id": "SIS Login ID", "name": "Student"}
    students: list[ListedStudent]
    skipped: list[str]  # a sentence for each row that is about no student


def read_class_list(path: Path, chosen: Mapping[str, str] | None = None) -> ClassListFile:
    """Read the class list that a platform exported.

    Args:
        path: the file, CSV or tab-separated, in any usual encoding.
        chosen: columns by what they hold, where the instructor has to say it: {"id": "Matrikelnummer"}.

    Raises:
        CourseError: it is no class list of a known platform, a row has no usable id, or two rows have the same id but
            say different things.
    """
    table = read_exported_table(path)
    header = table.values(0)
    platform = platform_of(header)
    columns = _columns(path, header, platform, chosen or {})
    students: dict[str, tuple[ListedStudent, int]] = {}
    skipped: list[str] = []
    for number in range(1, len(table.rows)):
        row = dict(zip(header, table.values(number), strict=False))
        line = table.line(number)
        if reason := not_a_student(row):
            skipped.append(f"line {line}: {reason}")
            continue
        student = _student(path, line, row, columns, platform)
        before = students.setdefault(student.id.casefold(), (student, line))
        if before[1] == line:
            continue
        if before[0] != student:
            raise CourseError(
                f"{path}: lines {before[1]} and {line} both are {student.id!r} and say different things: "
                "correct the list, or choose another column for the ids with --column id=NAME."
            )
        skipped.append(f"line {line}: {student.id} again, as in line {before[1]}")
    return ClassListFile(
        platform.name if platform else "table",
        {name: names[0] for name, names in columns.items() if names},
        [student for student, _ in students.values()],
        skipped,
    )


def platform_of(header: list[str]) -> Platform | None:
    """Return the platform whose export has these columns, None if no known one has."""
    return next((platform for platform in PLATFORMS if platform.required <= set(header)), None)


def _columns(
    path: Path, header: list[str], platform: Platform | None, chosen: Mapping[str, str]
) -> dict[str, list[str]]:
    """Return, for each thing that can be known of a student, the columns of this file that may hold it."""
    unknown = [name for name in chosen if name not in FIELDS]
    if unknown:
        raise CourseError(f"A class list has no {unknown[0]!r}: --column takes {', '.join(FIELDS)}.")
    missing = [column for column in chosen.values() if column not in header]
    if missing:
        raise CourseError(f"{path} has no column {missing[0]!r}; it has: {', '.join(filter(None, header))}.")
    columns = {}
    for name in FIELDS:
        known = () if platform is None else getattr(platform, "name_columns" if name == "name" else name)
        columns[name] = [chosen[name]] if name in chosen else [column for column in known if column in header]
    if not columns["id"]:
        raise CourseError(
            f"{path} is no class list that is known here (its columns: {', '.join(filter(None, header))}): say which "
            "column holds the ids, such as --column id=NAME."
        )
    return columns


def not_a_student(row: dict[str, str]) -> str:
    """Return why a row is about no student, empty if it is about one."""
    if not any(row.values()):
        return "empty"
    if "Student" in row and "ID" in row:  # Canvas
        if row["Student"] == "Points Possible":
            return "Canvas' row with the maximum points"
        if row["Student"] == "Student, Test":
            return "Canvas' test student"
        if not row["ID"]:
            return "a row of Canvas' own, without an ID"
    if row.get("Role", "Student") not in ("Student", ""):
        return f"{row['Role']}, not a student"
    return ""


def _student(
    path: Path, line: int, row: dict[str, str], columns: dict[str, list[str]], platform: Platform | None
) -> ListedStudent:
    """Return the student whom a row is about."""

    def first(name: str) -> str:
        return next((row[column] for column in columns[name] if row.get(column)), "")

    # Brightspace puts a "#" before what a spreadsheet could take for a number.
    student_id = first("id").lstrip("#")
    if not STUDENT_ID.match(student_id):
        raise CourseError(
            f"{path}, line {line}: {student_id!r} cannot be a student's id, which has letters, digits, spaces "
            "and . _ - @ only: choose another column with --column id=NAME."
        )
    first_name, last_name = first("first_name"), first("last_name")
    if not first_name and not last_name:
        # "Last, First" is Canvas'. A name without a comma is not taken apart: nobody can know where.
        last_name, _, first_name = (part.strip() for part in first("name").partition(","))
    ids = {column: row[column].lstrip("#") for column in (platform.platform_ids if platform else ()) if row.get(column)}
    return ListedStudent(student_id, first_name, last_name, first("email"), first("section"), first("group"), ids)
