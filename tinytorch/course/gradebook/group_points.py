"""Points by hand for a group: what one member is given for an answer, the others are given, too.

Each member has a row of their own in the gradebook, so that a member may be given other points by hand. Only answers
that wait for points by hand are shared, and only with who has no points of their own for them; what was shared is
noted, so that points that change later, or are taken back, do so for the others as well. The notes are tables of our
own.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from nbgrader.api import Grade
from sqlalchemy import Column, Float, MetaData, String, Table, inspect, select

TABLES = MetaData()
MEMBERS = Table(
    "tinytorch_group_member",
    TABLES,
    Column("assignment", String(128), primary_key=True),
    Column("student_id", String(128), primary_key=True),
    Column("group", String(1024), nullable=False),  # everybody's id, sorted, with ", " between
)
SHARED = Table(
    "tinytorch_shared_points",
    TABLES,
    Column("assignment", String(128), primary_key=True),
    Column("student_id", String(128), primary_key=True),
    Column("cell", String(128), primary_key=True),
    Column("from_student", String(128), nullable=False),
    Column("points", Float, nullable=False),
)


def note_group(gradebook: Any, assignment: str, student: str, group: tuple[str, ...]) -> None:
    """Note with whom a student handed in; nobody if `group` is empty."""
    if not group and not inspect(gradebook.db.connection()).has_table(MEMBERS.name):
        return
    TABLES.create_all(gradebook.db.connection())  # the engine would open a second one, which waits for this one
    own = (MEMBERS.c.assignment == assignment) & (MEMBERS.c.student_id == student)
    gradebook.db.execute(MEMBERS.delete().where(own))
    if group:
        row = {"assignment": assignment, "student_id": student, "group": ", ".join(sorted(group))}
        gradebook.db.execute(MEMBERS.insert().values(**row))


def share_points_by_hand(gradebook: Any, assignment: str) -> None:
    """Give each member of a group the points, and the comment, that another was given for an answer."""
    if not inspect(gradebook.db.connection()).has_table(MEMBERS.name):
        return
    groups: dict[str, list[str]] = defaultdict(list)
    rows = gradebook.db.execute(select(MEMBERS).where(MEMBERS.c.assignment == assignment)).mappings()
    for row in sorted(rows, key=lambda row: str(row["student_id"])):
        groups[row["group"]].append(row["student_id"])
    shared = {
        (row["student_id"], row["cell"]): (row["from_student"], row["points"])
        for row in gradebook.db.execute(select(SHARED).where(SHARED.c.assignment == assignment)).mappings()
    }
    submissions = {each.student_id: each for each in gradebook.assignment_submissions(assignment)}
    for members in groups.values():
        answers: dict[str, dict[str, Grade]] = defaultdict(dict)  # by cell, and by member
        for student in members:
            for notebook in submissions[student].notebooks if student in submissions else ():
                written = {cell.name for cell in notebook.notebook.solution_cells}
                answers_of = {grade.name: grade for grade in notebook.grades if grade.name in written}
                for cell, grade in answers_of.items():
                    answers[cell][student] = grade
        for cell, grades in answers.items():
            _share(gradebook, assignment, cell, grades, shared)
    gradebook.db.commit()


def _share(
    gradebook: Any,
    assignment: str,
    cell: str,
    grades: dict[str, Grade],
    shared: dict[tuple[str, str], tuple[str, float]],
) -> None:
    """Share the points of one answer among the members of one group."""

    def is_own(student: str) -> bool:
        points = grades[student].manual_score
        return points is not None and shared.get((student, cell), ("", None))[1] != points

    own = [student for student in grades if is_own(student) and not grades[student].needs_manual_grade]
    for student, grade in grades.items():
        if student in own:
            continue
        before, points_before = shared.get((student, cell), ("", None))
        key = (SHARED.c.assignment == assignment) & (SHARED.c.student_id == student) & (SHARED.c.cell == cell)
        if not own:
            if before in grades and grades[before].manual_score is None and not is_own(student):  # they were taken back
                grade.manual_score, grade.extra_credit = None, grades[before].extra_credit
                grade.needs_manual_grade = grade.auto_score is None
                _share_comment(grades[before], grade)
                gradebook.db.execute(SHARED.delete().where(key))
            continue
        source = before if before in own else own[0]
        points, credit = float(grades[source].manual_score), grades[source].extra_credit
        if before == source and points_before == points and not grade.needs_manual_grade:
            continue
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = points, credit, False
        _share_comment(grades[source], grade)
        gradebook.db.execute(SHARED.delete().where(key))
        row = {"assignment": assignment, "student_id": student, "cell": cell, "from_student": source, "points": points}
        gradebook.db.execute(SHARED.insert().values(**row))


def _share_comment(source: Grade, target: Grade) -> None:
    """Give an answer the comment that a person wrote to the same answer of another member."""
    said = {comment.name: comment.manual_comment for comment in source.notebook.comments}
    for comment in target.notebook.comments:
        if comment.name == target.name:
            comment.manual_comment = said.get(comment.name)
