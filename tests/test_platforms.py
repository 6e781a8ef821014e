"""A class of 30 from each platform's download to its file of grades, and read from there by rules of its importer.

The rules are written here, apart from the code that fills the file: Canvas' from lib/gradebook_importer.rb, Moodle's
from mod/assign/feedback/offline/importgradeslib.php, those of Brightspace, Blackboard and Gradescope from what their
guides say of the files that they take.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers.class_of_thirty import (
    CLASS,
    FORGED,
    GROUP,
    LATE,
    UNREADABLE,
    Download,
    Maker,
    Name,
    Person,
    write_zip,
)
from tests.helpers.tiny_course import TinyCourse

IN_GROUP = {CLASS[number - 1].login for number in GROUP}


def as_csv(rows: list[list[str]], encoding: str = "utf-8", **form: str) -> bytes:
    """Return a table as a platform writes it."""
    text = io.StringIO(newline="")
    csv.writer(text, **form).writerows(rows)  # type: ignore[arg-type]
    return text.getvalue().encode(encoding)


def canvas_name(person: Person, attempt: int, original: str) -> str:
    late = "_LATE" if person.number == LATE else ""
    stem, _, ending = original.rpartition(".")
    again = f"-{attempt}" if attempt else ""
    return f"{person.squeezed}{late}_{person.user}_{9000 + 10 * person.number + attempt}_{stem}{again}.{ending}"


def moodle_name(person: Person, attempt: int, original: str) -> str:
    if person.number == GROUP[0]:
        return f"Team 7_4711_assignsubmission_file/{original}"
    return f"{person.full}_{700 + person.number}_assignsubmission_file/{original}"


def flat_moodle_name(person: Person, attempt: int, original: str) -> str:
    return f"{person.full}_{700 + person.number}_assignsubmission_file_{original}"


def blackboard_name(person: Person, attempt: int, original: str) -> str:
    return f"HW_5_{person.login}_attempt_2026-05-01-1{attempt}-00-00_{original}"


def brightspace_name(person: Person, attempt: int, original: str) -> str:
    return f"{person.user}-900 - {person.full} - May 1, 2026 {8 + attempt}22 AM/{original}"


def gradescope_name(person: Person, attempt: int, original: str) -> str:
    return f"assignment_9_export/submission_{person.number}/{original}"


def github_name(person: Person, attempt: int, original: str) -> str:
    return f"tiny-submissions/tiny-{person.login}/{original}"


def canvas_export() -> bytes:
    head = [
        "Student",
        "ID",
        "SIS User ID",
        "SIS Login ID",
        "Section",
        "01 Tensor (996)",
        "02_tiny (997)",
        "Final Score",
    ]
    rows = [head, ["", "", "", "", "", "Manual Posting", "", "(read only)"]]
    rows.append(["    Points Possible", "", "", "", "", "10", "30", "(read only)"])
    for each in CLASS:
        rows.append([f"{each.last}, {each.first}", each.user, f"s{each.user}", each.login, "A", "7.5", "", "75"])
    rows.append(["Student, Test", "4999", "", "a3f09b", "A", "", "", ""])
    return as_csv(rows, "utf-8-sig", lineterminator="\n")


def moodle_worksheet() -> bytes:
    head = ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade", "Grade can be changed"]
    head += ["Last modified (submission)", "Last modified (grade)", "Feedback comments"]
    when = "Friday, 1 May 2026, 10:00 AM"
    rows = [
        [f"Participant {700 + each.number}", each.full, each.email, "Submitted", "-", "30,00", "Yes", when, "-", "a, b"]
        for each in CLASS
    ]
    return as_csv([head, *rows])


def moodle_participants() -> bytes:
    rows = [
        [each.first, each.last, each.login, each.email, "Team_7" if each.login in IN_GROUP else ""] for each in CLASS
    ]
    return as_csv([["First name", "Last name", "ID number", "Email address", "Groups"], *rows])


def brightspace_export() -> bytes:
    head = ["OrgDefinedId", "Username", "Last Name", "First Name", "Email"]
    head += ["02_tiny Points Grade <Numeric MaxPoints:30 Weight:10>", "End-of-Line Indicator"]
    rows = [[f"#s{each.user}", f"#{each.login}", each.last, each.first, each.email, "", "#"] for each in CLASS]
    return as_csv([head, *rows], "utf-8-sig")


def blackboard_export() -> bytes:
    head = ["Last Name", "First Name", "Username", "Student ID", "02_tiny [Total Pts: 30 Score] |12345"]
    rows = [[each.last, each.first, each.login, f"s{each.user}", ""] for each in CLASS]
    text = "\n".join("\t".join(f'"{cell}"' for cell in row) for row in [head, *rows]) + "\n"
    return text.encode("utf-16")


def gradescope_export() -> bytes:
    rows = [[each.full, each.login, each.email, "Student", ""] for each in CLASS]
    return as_csv([["Name", "SID", "Email", "Role", "02_tiny"], *rows, ["Dr. Who", "w1", "w@x.org", "Instructor", ""]])


def plain_list() -> bytes:
    rows = [[each.login, each.first, each.last, each.email] for each in CLASS]
    return as_csv([["id", "first_name", "last_name", "email"], *rows])


def canvas_import(content: bytes) -> dict[str, str]:
    """Find each student by ID, and the assignment by "Title (id)"; numbers may have a decimal comma."""
    head, *rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert "Student" in head[0]
    assert "ID" in head[1]
    assert (head[2], head[3], head[4]) == ("SIS User ID", "SIS Login ID", "Section")
    people, scores = {each.user: each.login for each in CLASS}, {}
    column = next(place for place, name in enumerate(head) if re.fullmatch(r".* \(997\)", name))
    for row in rows:
        if "Points Possible" in row[0] or all(
            re.fullmatch(r"(?i)\s*(Muted|Manual Posting.*)?\s*", cell) for cell in row
        ):
            continue
        if "(read only)" not in row and row[1] in people:
            scores[people[row[1]]] = _number(row[column].strip())
    return scores


def moodle_import(content: bytes) -> dict[str, str]:
    """Read commas and UTF-8 only, and find a student by the number in Identifier; "-" is no grade."""
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"))))
    assert {"Identifier", "Grade", "Last modified (grade)"} <= set(rows[0])
    by_number = {str(700 + each.number): each.login for each in CLASS}
    found = {by_number[row["Identifier"][len("Participant ") :]]: row["Grade"] for row in rows}
    return {student: "" if grade == "-" else _number(grade) for student, grade in found.items()}


def brightspace_import(content: bytes) -> dict[str, str]:
    """Find a student by a key column, a grade by its name before " Points Grade"; each line ends with "#"."""
    head, *rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert head[-1] == "End-of-Line Indicator"
    assert all(row[-1] == "#" and len(row) == len(head) for row in rows)
    column = next(place for place, name in enumerate(head) if name.startswith("02_tiny Points Grade"))
    return {row[head.index("Username")].lstrip("#"): _number(row[column]) for row in rows}


def blackboard_import(content: bytes) -> dict[str, str]:
    """Find a student by Username, and a column by the number at the end of its name; tabs, and UTF-16."""
    head, *rows = list(csv.reader(io.StringIO(content.decode("utf-16")), delimiter="\t"))
    column = next(place for place, name in enumerate(head) if name.endswith("|12345"))
    return {row[head.index("Username")]: _number(row[column]) for row in rows}


def gradescope_import(content: bytes) -> dict[str, str]:
    """Find a student by SID."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8")))
    return {row["SID"]: _number(row["02_tiny"]) for row in rows if row["Role"] == "Student"}


def _number(text: str) -> str:
    """Return a number as an importer has it, whichever sign parts its decimals."""
    return text and f"{float(text.replace(',', '.')):g}"


@dataclass(frozen=True)
class Platform:
    """What a platform gives out, and how it reads what it gets."""

    name: Name
    class_list: Callable[[], bytes]
    template: Callable[[], bytes] | None = None
    read: Callable[[bytes], dict[str, str]] = canvas_import
    attempts: int = 1
    has_groups: bool = False


PLATFORMS = {
    "canvas": Platform(canvas_name, canvas_export, canvas_export, canvas_import, attempts=3),
    "moodle": Platform(moodle_name, moodle_participants, moodle_worksheet, moodle_import, has_groups=True),
    "moodle-flat": Platform(flat_moodle_name, moodle_participants, moodle_worksheet, moodle_import),
    "blackboard": Platform(blackboard_name, blackboard_export, blackboard_export, blackboard_import, attempts=3),
    "d2l": Platform(brightspace_name, brightspace_export, brightspace_export, brightspace_import, attempts=3),
    "gradescope": Platform(gradescope_name, gradescope_export, gradescope_export, gradescope_import, has_groups=True),
    "github": Platform(github_name, plain_list),
}


def pages(platform: str, made: Download) -> dict[str, bytes]:
    """Return what a platform adds itself."""
    if platform.startswith("moodle"):
        end = "_assignsubmission_onlinetext"
        inside = "_onlinetext.html" if platform == "moodle-flat" else "/onlinetext.html"
        return {f"{each.full}_{700 + each.number}{end}{inside}": b"<p>See my notebook." for each in CLASS[:9]}
    if platform == "blackboard":
        texts = {re.sub(r"(-00-00)_.*", r"\1.txt", name) for name in made.files}
        return {name: b"Name: a student\nDate Submitted: Friday" for name in texts}
    if platform == "d2l":
        return {"index.html": b"<html>"}
    if platform == "gradescope":
        said = []
        for each in CLASS:
            members = [CLASS[number - 1] for number in GROUP] if each.number == GROUP[0] else [each]
            if each.number in GROUP[1:]:
                continue
            people = [f"  - :name: {one.full!r}\n    :sid: {one.login}\n    :email: {one.email}\n" for one in members]
            said.append(f"submission_{each.number}:\n  :submitters:\n{''.join(people)}")
        return {"assignment_9_export/submission_metadata.yml": "".join(said).encode()}
    return {}


@dataclass(frozen=True)
class Term:
    """A class that was collected, graded and returned."""

    platform: str
    made: Download
    table: list[str]  # what `tito collect` said of each file
    complaints: str
    output: Path
    template: Path | None


@pytest.fixture(scope="module")
def maker(built_course: TinyCourse) -> Maker:
    return Maker(built_course)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What workers made of the students' notebooks, which are the same in each form: they are run once."""
    return tmp_path_factory.mktemp("results") / "kept"


@pytest.fixture(scope="module", params=PLATFORMS)
def term(
    request: pytest.FixtureRequest,
    built_course: TinyCourse,
    maker: Maker,
    results: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Term:
    form = PLATFORMS[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    made = maker.download(form.name, attempts=form.attempts, with_group=form.has_groups)
    made.files.update(pages(request.param, made))
    download = write_zip(folder / "submissions.zip", made.files)
    output = folder / "out"
    (folder / "class.csv").write_bytes(form.class_list())
    built_course.tito("roster", folder / "class.csv", "--output", output, check=True)
    collected = built_course.tito("collect", download, "--output", output)
    if results.is_dir():
        shutil.copytree(results, output / ".results" / "02_tiny")
    built_course.tito("grade", output / "submitted", "--output", output, "--module", "02", check=True)
    if not results.is_dir():
        shutil.copytree(output / ".results" / "02_tiny", results)
    template = None
    if form.template is not None:
        template = folder / "export.csv"
        template.write_bytes(form.template())
        built_course.tito(
            "return", "02", "--template", template, "--write", folder / "filled.csv", "--output", output, check=True
        )
    rows = [line for line in collected.stdout.splitlines() if str(download) in line]
    return Term(request.param, made, rows, collected.stderr, output, template)


def test_all_thirty_are_accounted_for(term: Term, built_course: TinyCourse) -> None:
    assert set(term.made.points) | term.made.held | term.made.nobody == {each.login for each in CLASS}
    graded = {path.name for path in (term.output / "autograded").iterdir()}
    assert graded == set(term.made.points)
    assert term.made.held == {CLASS[UNREADABLE - 1].login, CLASS[FORGED - 1].login}
    assert len(term.complaints.strip().splitlines()) == 3  # the two, and how many there are
    assert f"its path says {CLASS[FORGED - 1].login}, and the manifest in it says" in term.complaints
    assert "the file stops in the middle" in term.complaints
    status = built_course.tito("status", "02", "--output", term.output, check=True).stdout
    absent = sorted(term.made.held | term.made.nobody)
    assert "30 students" in status
    assert f"handed in nothing: 3\n  {', '.join(f'{each} <' for each in absent)}".split(" <")[0] in status


def test_every_file_has_a_row_or_is_a_page_of_the_platform_s(term: Term) -> None:
    of_platform = len(pages(term.platform, term.made))
    assert len(term.table) == len(term.made.files) - of_platform
    if term.platform == "canvas":
        assert sum("late as Canvas says" in line for line in term.table) == 1


def test_the_scores_are_exact(term: Term) -> None:
    with (term.output / "grades.csv").open(encoding="utf-8", newline="") as file:
        found = {row["student_id"]: float(row["points"]) for row in csv.DictReader(file) if row["points"]}
    assert found == term.made.points


def test_the_platform_s_importer_reads_every_score_and_no_other_cell_differs(term: Term) -> None:
    if term.template is None:
        return
    form = PLATFORMS[term.platform]
    before, after = term.template.read_bytes(), term.template.with_name("filled.csv").read_bytes()
    read = form.read(after)
    assert {student: float(score) for student, score in read.items() if score} == term.made.points
    assert {student for student, score in read.items() if not score} == term.made.held | term.made.nobody
    encoding = "utf-16" if term.platform == "blackboard" else "utf-8"
    lines = [content.decode(encoding).splitlines() for content in (before, after)]
    changed = [line for line in difflib.ndiff(*lines) if line.startswith("- ")]
    assert len(changed) == len(term.made.points)
    delimiter = "\t" if term.platform == "blackboard" else ","
    old, new = (list(csv.reader(text, delimiter=delimiter)) for text in lines)
    columns = {
        place
        for row, other in zip(old, new, strict=True)
        for place, (cell, filled) in enumerate(zip(row, other, strict=True))
        if cell != filled
    }
    assert len(columns) == 1
