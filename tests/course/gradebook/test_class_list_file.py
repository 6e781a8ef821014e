"""Class lists in the form in which platforms export them: everybody in them is understood, and nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tinytorch.course.gradebook.class_list_file import ClassListFile, ListedStudent, read_class_list
from tinytorch.course.layout import CourseError

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,05_dataloader (998),Current Score
,,,,,Manual Posting,(read only)
    Points Possible,,,,,110,(read only)
"Byron, Ada",4711,s1001,ada,Section A,,
"O'Neil, Pat",4712,s1002,pat.oneil,Section B,,
李小龙,4713,s1003,lee,Section A,,
"Student, Test",4799,,a3f09b,Section A,,
"""
# Moodle's worksheet, as a course in German writes it: Windows' encoding, semicolons
MOODLE_WORKSHEET = """\
Identifier;Full name;Email address;Status;Grade;Maximum grade
Participant 17;"Ada Byron";ada@example.org;Submitted;;110,00
Participant 18;"Jürgen Groß";jg@example.org;No submission;;110,00
"""
MOODLE_PARTICIPANTS = """\
First name,Last name,ID number,Email address,Groups
Ada,Byron,s1001,ada@example.org,Team 1
Jürgen,Groß,,jg@example.org,Team 1
"""
BRIGHTSPACE = """\
OrgDefinedId,Username,Last Name,First Name,Email,05 Points Grade <Numeric MaxPoints:110>,End-of-Line Indicator
#1001,#ada,Byron,Ada,ada@example.org,,#
#1002,#pat,O'Neil,Pat,pat@example.org,,#
"""
BLACKBOARD = """\
"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"05_dataloader [Total Pts: 110 Score] |12345"
"Byron"\t"Ada"\t"ada"\t"1001"\t""
"O'Neil"\t"Pat"\t"pat"\t"1002"\t""
"""
GRADESCOPE = """\
Name,SID,Email,Role,Section
Ada Byron,1001,ada@example.org,Student,A
Prof. Wright,1,wright@example.org,Instructor,
Pat O'Neil,1002,pat@example.org,Student,B
"""
NBGRADER = "id,first_name,last_name,email,lms_user_id\nada,Ada,Byron,ada@example.org,4711\n"


def read(tmp_path: Path, text: str, encoding: str = "utf-8", **chosen: str) -> ClassListFile:
    path = tmp_path / "class.csv"
    path.write_bytes(text.encode(encoding))
    return read_class_list(path, chosen)


def ids(canvas: str, user: str, login: str) -> dict[str, str]:
    return {"ID": canvas, "SIS User ID": user, "SIS Login ID": login}


def test_canvas_gradebook_is_read_without_the_rows_that_are_canvas_own(tmp_path: Path) -> None:
    found = read(tmp_path, CANVAS, "utf-8-sig")
    assert found.platform == "canvas"
    assert found.students == [
        ListedStudent("ada", "Ada", "Byron", "", "Section A", "", ids("4711", "s1001", "ada")),
        ListedStudent("pat.oneil", "Pat", "O'Neil", "", "Section B", "", ids("4712", "s1002", "pat.oneil")),
        ListedStudent("lee", "", "李小龙", "", "Section A", "", ids("4713", "s1003", "lee")),
    ]
    assert [line.partition(":")[0] for line in found.skipped] == ["line 2", "line 3", "line 7"]
    assert found.students[0].lms_user_id == "4711"


def test_moodles_worksheet_names_students_by_email_because_its_participant_numbers_change(tmp_path: Path) -> None:
    found = read(tmp_path, MOODLE_WORKSHEET, "cp1252")
    assert found.platform == "moodle"
    assert [(each.id, each.last_name) for each in found.students] == [
        ("ada@example.org", "Ada Byron"),
        ("jg@example.org", "Jürgen Groß"),
    ]
    assert found.students[0].platform_ids == {"Email address": "ada@example.org"}


def test_moodles_participants_have_groups_and_the_id_number_where_there_is_one(tmp_path: Path) -> None:
    found = read(tmp_path, MOODLE_PARTICIPANTS)
    assert [(each.id, each.group) for each in found.students] == [("s1001", "Team 1"), ("jg@example.org", "Team 1")]


def test_brightspaces_signs_before_ids_are_not_part_of_them(tmp_path: Path) -> None:
    found = read(tmp_path, BRIGHTSPACE)
    assert found.platform == "d2l"
    assert [each.id for each in found.students] == ["ada", "pat"]
    assert found.students[1].platform_ids == {"OrgDefinedId": "1002", "Username": "pat"}


def test_blackboards_tabs_and_utf_16_are_found_out(tmp_path: Path) -> None:
    found = read(tmp_path, BLACKBOARD, "utf-16")
    assert found.platform == "blackboard"
    assert [(each.id, each.last_name) for each in found.students] == [("ada", "Byron"), ("pat", "O'Neil")]


def test_gradescopes_instructors_are_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, GRADESCOPE)
    assert found.platform == "gradescope"
    assert [(each.id, each.section) for each in found.students] == [("1001", "A"), ("1002", "B")]
    assert found.skipped == ["line 3: Instructor, not a student"]


def test_nbgraders_own_list_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, NBGRADER)
    assert found.students == [ListedStudent("ada", "Ada", "Byron", "ada@example.org", "", "", {"lms_user_id": "4711"})]


def test_any_other_table_is_read_when_its_columns_are_named(tmp_path: Path) -> None:
    text = "Matrikelnummer;Name;Gruppe\n1001;Byron, Ada;3\n"
    with pytest.raises(
        CourseError, match=r"is no class list that is known here .*Matrikelnummer, Name, Gruppe.*--column id=NAME"
    ):
        read(tmp_path, text)
    found = read(tmp_path, text, id="Matrikelnummer", name="Name", group="Gruppe")
    assert found.students == [ListedStudent("1001", "Ada", "Byron", "", "", "3", {})]


@pytest.mark.parametrize(
    ("text", "chosen", "words"),
    [
        (NBGRADER + "ada,Eve,Byron,,\n", {}, "lines 2 and 3 both are 'ada' and say different things"),
        (NBGRADER + "Ada,Ada,Byron,ada@example.org,4711\n", {}, "lines 2 and 3 both are 'Ada'"),
        ("id,first_name\na/b,Ada\n", {}, "line 2: 'a/b' cannot be a student's id"),
        ("id,first_name\n,Ada\n", {}, "line 2: '' cannot be a student's id"),
        (NBGRADER, {"id": "Login"}, "has no column 'Login'; it has: id, first_name"),
        (NBGRADER, {"shoe": "id"}, "has no 'shoe': --column takes id, name"),
    ],
)
def test_what_is_contradictory_or_unusable_is_refused_with_its_line(
    tmp_path: Path, text: str, chosen: dict[str, str], words: str
) -> None:
    with pytest.raises(CourseError, match=words):
        read(tmp_path, text, **chosen)


def test_the_same_student_twice_in_the_same_words_counts_once_and_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, NBGRADER + NBGRADER.splitlines()[1] + "\n")
    assert len(found.students) == 1
    assert found.skipped == ["line 3: ada again, as in line 2"]
