"""Scores in a platform's own file: one column changes and no other byte, and everybody is accounted for.

What was written is read again by rules that were taken from the platforms' importers, apart from the code that writes.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tinytorch.course.gradebook.class_list_file import ListedStudent, read_class_list
from tinytorch.course.gradebook.standing import FLAGGED, GRADED, MISSING, WAITING, Standing
from tinytorch.course.layout import CourseError, Module
from tinytorch.course.reports.fill_template import Filled, fill_template

MODULE = Module("05_dataloader", Path())
# A class of seven, as each platform exports it: apostrophes, commas, umlauts, Han; and an auditor, in no gradebook
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,04_losses (997),05_dataloader (998),Current Score,Notes
,,,,,Manual Posting,,(read only),
    Points Possible,,,,,100,110,(read only),
"Byron, Ada",4711,s1001,ada,Section A,88.5,,80.45,"said ""hello"", left"
"O'Neil, Pat",4712,s1002,pat,Section B,,12,,
李小龙,4713,s1003,lee,Section A,,,,
"Groß, Jürgen",4714,s1004,juergen,Section A,,50,,
"Kovač-Ilić, Ana",4715,s1005,ana,Section B,,,,
"Poe, Edgar Allan, Jr.",4716,s1006,poe,Section B,,,,
"Auditor, An",4717,s1007,auditor,Section B,,,,
"Student, Test",4799,,a3f09b,Section A,,,,
"""
MOODLE = """\
Identifier;Full name;Email address;Status;Grade;Maximum grade;Grade can be changed;Last modified (grade);Comments
Participant 17;"Ada Byron";ada@example.org;Submitted;-;110,00;Yes;-;
Participant 18;"Pat O'Neil";pat@example.org;Submitted;12,00;110,00;Yes;"Sunday, 29 November 2026, 4:15 AM";"a; b"
Participant 19;李小龙;lee@example.org;Submitted;-;110,00;No;-;
Participant 20;"Jürgen Groß";JUERGEN@example.org;Submitted;-;110,00;Yes;-;
Participant 21;"Ana Kovač-Ilić";ana@example.org;Submitted;-;110,00;Yes;-;
Participant 22;"Edgar Allan Poe";poe@example.org;"No submission";-;110,00;Yes;-;
Participant 23;"An Auditor";auditor@example.org;"No submission";-;110,00;Yes;-;
"""
BRIGHTSPACE = """\
OrgDefinedId,Username,Last Name,First Name,Email,05_dataloader Points Grade <Numeric MaxPoints:110 Weight:10>,End-of-Line Indicator
#s1001,#ada,Byron,Ada,ada@example.org,,#
#s1002,#pat,O'Neil,Pat,pat@example.org,12,#
#s1003,#lee,李小龙,,lee@example.org,,#
#s1004,#juergen,Groß,Jürgen,juergen@example.org,,#
#s1005,#ana,Kovač-Ilić,Ana,ana@example.org,,#
#s1006,#poe,"Poe, Jr.",Edgar,poe@example.org,,#
#s1007,#auditor,Auditor,An,auditor@example.org,,#
"""  # noqa: E501
BLACKBOARD = """\
"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"05_dataloader [Total Pts: 110 Score] |12345"\t"All [Total Pts: 210 Score] |1"
"Byron"\t"Ada"\t"ada"\t"s1001"\t""\t""
"O'Neil"\t"Pat"\t"pat"\t"s1002"\t"12.00"\t""
"李小龙"\t""\t"lee"\t"s1003"\t""\t""
"Groß"\t"Jürgen"\t"juergen"\t"s1004"\t""\t""
"Kovač-Ilić"\t"Ana"\t"ana"\t"s1005"\t""\t""
"Poe, Jr."\t"Edgar"\t"poe"\t"s1006"\t""\t""
"Auditor"\t"An"\t"auditor"\t"s1007"\t""\t""
"""  # noqa: E501
GRADESCOPE = """\
Name,SID,Email,Role,05_dataloader
Ada Byron,s1001,ada@example.org,Student,
Pat O'Neil,s1002,pat@example.org,Student,12
李小龙,s1003,lee@example.org,Student,
Jürgen Groß,s1004,juergen@example.org,Student,
Ana Kovač-Ilić,s1005,ana@example.org,Student,
"Poe, Edgar",s1006,poe@example.org,Student,
An Auditor,s1007,auditor@example.org,Student,
Prof. Wright,w1,wright@example.org,Instructor,
"""
FORMS = {
    "canvas": (CANVAS, "utf-8-sig"),
    "moodle": (MOODLE.replace("\n", "\r\n"), "utf-8"),
    "d2l": (BRIGHTSPACE.replace("\n", "\r\n"), "utf-8-sig"),
    "blackboard": (BLACKBOARD, "utf-16"),
    "gradescope": (GRADESCOPE, "utf-8"),
}
SCORES = {
    "ada": (GRADED, 110.0),
    "pat": (GRADED, 96.125),
    "lee": (GRADED, 0.0),
    "juergen": (FLAGGED, 0.0),
    "ana": (WAITING, 80.0),
    "poe": (MISSING, 0.0),
}


def canvas_importer(text: str) -> dict[str, str]:
    """Canvas: the assignment by "Title (id)", the student by ID (lib/gradebook_importer.rb)."""
    rows = list(csv.reader(io.StringIO(text)))
    column = rows[0].index("05_dataloader (998)")
    return {row[3]: row[column] for row in rows[1:] if row[1].isdigit()}


def moodle_importer(text: str) -> dict[str, str]:
    """Moodle needs Identifier, Grade and Last modified (grade) (mod/assign/feedback/offline/importgradeslib.php)."""
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert all(row["Identifier"].startswith("Participant ") and "Last modified (grade)" in row for row in rows)
    return {row["Email address"].partition("@")[0].lower(): row["Grade"] for row in rows}


def brightspace_importer(text: str) -> dict[str, str]:
    """Brightspace: a key column, "Points Grade" columns, and "#" at the end of each line."""
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][-1] == "End-of-Line Indicator"
    assert all(row[-1] == "#" for row in rows[1:])
    (column,) = [number for number, head in enumerate(rows[0]) if " Points Grade" in head]
    return {row[1].lstrip("#"): row[column] for row in rows[1:]}


def blackboard_importer(text: str) -> dict[str, str]:
    """Blackboard: the column by the number after "|", the student by Username."""
    rows = list(csv.reader(io.StringIO(text), delimiter="\t"))
    (column,) = [number for number, head in enumerate(rows[0]) if head.endswith("|12345")]
    return {row[2]: row[column] for row in rows[1:]}


def gradescope_importer(text: str) -> dict[str, str]:
    rows = list(csv.DictReader(io.StringIO(text)))
    return {row["Email"].partition("@")[0]: row["05_dataloader"] for row in rows}


IMPORTERS = {
    "canvas": canvas_importer,
    "moodle": moodle_importer,
    "d2l": brightspace_importer,
    "blackboard": blackboard_importer,
    "gradescope": gradescope_importer,
}


def standings(path: Path) -> list[Standing]:
    """The class, whose ids are those of the platform's own list."""
    people = {}
    for student in read_class_list(path).students:
        words = " ".join([student.id, student.email, *student.platform_ids.values()]).lower()
        found = [
            name
            for name, number in zip(SCORES, range(1001, 1007), strict=True)
            if name in words or f"s{number}" in words
        ]
        if found:
            people[found[0]] = student
    assert set(people) == set(SCORES)
    return [Standing(people[name], state, points, 110.0) for name, (state, points) in SCORES.items()]


def fill(tmp_path: Path, platform: str, **options: object) -> tuple[Filled, bytes, bytes]:
    text, encoding = FORMS[platform]
    template, to = tmp_path / "export.csv", tmp_path / "filled.csv"
    template.write_bytes(text.encode(encoding))
    filled = fill_template(MODULE, standings(template), template, to, **options)  # type: ignore[arg-type]
    return filled, template.read_bytes(), to.read_bytes()


@pytest.mark.parametrize("platform", FORMS)
def test_one_column_is_filled_and_no_other_byte_changes(tmp_path: Path, platform: str) -> None:
    filled, before, after = fill(tmp_path, platform)
    encoding = FORMS[platform][1]
    delimiter = {"moodle": ";", "blackboard": "\t"}.get(platform, ",")
    old, new = (list(csv.reader(io.StringIO(each.decode(encoding)), delimiter=delimiter)) for each in (before, after))
    column = old[0].index(filled.column)
    assert [[cell for number, cell in enumerate(row) if number != column] for row in old] == [
        [cell for number, cell in enumerate(row) if number != column] for row in new
    ]
    assert len(before.splitlines(keepends=True)) == len(after.splitlines(keepends=True))
    # What is not in the row of somebody who got a score is the same to the byte.
    changed = [
        (a, b)
        for a, b in zip(before.decode(encoding).split("\n"), after.decode(encoding).split("\n"), strict=True)
        if a != b
    ]
    assert len(changed) == len(filled.filled)


@pytest.mark.parametrize("platform", FORMS)
def test_the_platforms_importer_finds_every_score(tmp_path: Path, platform: str) -> None:
    _, before, after = fill(tmp_path, platform)
    encoding = FORMS[platform][1]
    old, new = (IMPORTERS[platform](each.decode(encoding)) for each in (before, after))
    expected = {"ada": "110", "pat": "96.12", "lee": "0"}
    if platform == "moodle":
        expected = {"ada": "110", "pat": "96,12"}  # a decimal comma, as in the file; the row of lee is locked
    assert new == old | expected


@pytest.mark.parametrize("platform", FORMS)
def test_everybody_is_accounted_for(tmp_path: Path, platform: str) -> None:
    filled, _, _ = fill(tmp_path, platform)
    people = [filled.filled, *filled.left_out.values(), filled.not_changeable, filled.without_row]
    assert sorted(student for group in people for student in group) == sorted(
        each.student.id for each in standings(tmp_path / "export.csv")
    )
    assert {state: len(students) for state, students in filled.left_out.items()} == {FLAGGED: 1, WAITING: 1, MISSING: 1}
    assert len(filled.unknown_rows) == 1
    assert "udit" in filled.unknown_rows[0]


def test_the_instructor_says_what_is_entered_for_the_others(tmp_path: Path) -> None:
    filled, _, after = fill(tmp_path, "canvas", marks={MISSING: "0", WAITING: "score", FLAGGED: "EX"})
    assert not filled.left_out
    found = canvas_importer(after.decode("utf-8-sig"))
    assert (found["poe"], found["ana"], found["juergen"]) == ("0", "80", "EX")


def test_scores_are_scaled_and_another_maximum_is_refused(tmp_path: Path) -> None:
    text = CANVAS.replace("100,110,(read only)", "100,55,(read only)")
    template = tmp_path / "export.csv"
    template.write_text(text, encoding="utf-8")
    people = standings(template)
    with pytest.raises(
        CourseError, match=r"counts 55 points for '05_dataloader \(998\)', and the gradebook counts 110: add --scale 55"
    ):
        fill_template(MODULE, people, template, tmp_path / "filled.csv")
    with pytest.raises(CourseError, match="and --scale says 100"):
        fill_template(MODULE, people, template, tmp_path / "filled.csv", scale=100)
    assert not (tmp_path / "filled.csv").exists()
    fill_template(MODULE, people, template, tmp_path / "filled.csv", scale=55)
    assert canvas_importer((tmp_path / "filled.csv").read_text(encoding="utf-8"))["pat"] == "48.06"


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        (
            ("05_dataloader (998)", "Data (998)"),
            {},
            r"has no column for 05_dataloader: choose one with --column, from '04_losses', 'Data', 'Current Score'",
        ),
        (("04_losses (997)", "DataLoader (997)"), {}, "has 2 columns for 05_dataloader"),
        (("Student,", "Name,"), {}, "looks like no export that is known here"),
        (("", ""), {"platform": "moodle"}, "looks like an export of canvas .* export the grades from moodle"),
        (("", ""), {"platform": "sakai"}, "There is no way back to 'sakai': --to takes canvas"),
        (("4712,s1002,pat", "4711,s1001,ada"), {}, "lines 4 and 5 both are ada"),
    ],
)
def test_a_template_that_does_not_fit_is_refused_and_nothing_is_written(
    tmp_path: Path, change: tuple[str, str], options: dict[str, str], words: str
) -> None:
    template = tmp_path / "export.csv"
    template.write_text(CANVAS, encoding="utf-8")
    people = standings(template)
    template.write_text(CANVAS.replace(*change, 1), encoding="utf-8")
    with pytest.raises(CourseError, match=words):
        fill_template(MODULE, people, template, tmp_path / "filled.csv", **options)  # type: ignore[arg-type]
    assert not (tmp_path / "filled.csv").exists()


def test_a_column_is_chosen_by_its_title_or_its_head(tmp_path: Path) -> None:
    for column in ("04_losses", "04_losses (997)"):
        filled, _, _ = fill(tmp_path, "canvas", column=column, scale=100)
        assert filled.column == "04_losses (997)"


def test_a_score_without_a_row_is_named(tmp_path: Path) -> None:
    template = tmp_path / "export.csv"
    template.write_text(CANVAS, encoding="utf-8")
    eve = Standing(ListedStudent("eve"), GRADED, 50.0, 110.0)
    filled = fill_template(MODULE, [*standings(template), eve], template, tmp_path / "filled.csv")
    assert filled.without_row == ["eve"]
