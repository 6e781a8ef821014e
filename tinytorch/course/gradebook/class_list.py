"""Who is in the class: nbgrader's table of students, and beside it what only the platform's class list says.

nbgrader's table has id, name, e-mail and `lms_user_id`. Section, group and the ids by which a platform finds its
students again are in a table of our own in the same database, so that they go wherever the gradebook goes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import Student
from sqlalchemy import Column, MetaData, String, Table, Text, inspect, select

from tinytorch.course.gradebook.class_list_file import ListedStudent
from tinytorch.course.gradebook.open_for_writing import open_for_writing
from tinytorch.course.gradebook.open_read_only import ReadOnlyGradebook

CLASS_LIST = Table(
    "tinytorch_class_list",
    MetaData(),
    Column("student_id", String(128), primary_key=True),
    Column("section", String(128), nullable=False),
    Column("group", String(128), nullable=False),
    Column("platform_ids", Text, nullable=False),  # JSON: {"SIS Login ID": "ada"}
)


@dataclass(frozen=True)
class ClassListChanges:
    """What storing a class list changed."""

    added: list[str] = field(default_factory=list)  # ids
    changed: list[str] = field(default_factory=list)  # sentences: "ada: email was a@x.org, is ada@x.org"
    unchanged: int = 0
    not_listed: list[str] = field(default_factory=list)  # ids that the gradebook has, but the list has not


def store_class_list(
    db_url: str, course_id: str, listed: list[ListedStudent], *, dry_run: bool = False
) -> ClassListChanges:
    """Enter the students of a class list in the gradebook; students who are not on it stay as they are.

    An empty cell in the list takes nothing away. With `dry_run` nothing is stored.
    """
    changes = ClassListChanges()
    unchanged = 0
    with open_for_writing(db_url, course_id) as gradebook:
        CLASS_LIST.metadata.create_all(gradebook.engine)
        known = {student.id: student for student in gradebook.db.query(Student)}
        before = _stored(gradebook)
        for each in listed:
            was = before.get(each.id) if each.id in known else None
            if each.id in known:
                was = was or ListedStudent(each.id)
                student = known[each.id]
                was = ListedStudent(
                    each.id, student.first_name or "", student.last_name or "", student.email or "",
                    was.section, was.group, {"ID": student.lms_user_id or "", **was.platform_ids},
                )  # fmt: skip
            now = _merged(was, each)
            if was is None:
                changes.added.append(each.id)
            elif differences := _differences(was, now):
                changes.changed.append(f"{each.id}: {'; '.join(differences)}")
            else:
                unchanged += 1
                continue
            if not dry_run:
                _enter(gradebook, now)
        changes.not_listed.extend(sorted(set(known) - {each.id for each in listed}))
        if dry_run:
            gradebook.db.rollback()
        else:
            gradebook.db.commit()
    return ClassListChanges(changes.added, changes.changed, unchanged, changes.not_listed)


def read_stored_class_list(gradebook: ReadOnlyGradebook) -> dict[str, ListedStudent]:
    """Return the students whom the gradebook knows, by id, with what class lists said of them."""
    stored = _stored(gradebook)
    students = {}
    for student in gradebook.db.query(Student):
        more = stored.get(student.id, ListedStudent(student.id))
        ids = dict(more.platform_ids)
        if student.lms_user_id:
            ids.setdefault("ID", student.lms_user_id)
        students[student.id] = ListedStudent(
            student.id, student.first_name or "", student.last_name or "", student.email or "",
            more.section, more.group, ids,
        )  # fmt: skip
    return students


def students_on_list(gradebook: ReadOnlyGradebook) -> dict[str, ListedStudent]:
    """Return the students on the class list, by id; nobody if there is none.

    nbgrader enters everybody who hands in, with nothing but the id; such a student is on no list.
    """
    stored = _stored(gradebook)
    everybody = read_stored_class_list(gradebook)
    return {name: each for name, each in everybody.items() if name in stored or each != ListedStudent(name)}


def is_stored(gradebook: Any, student: str) -> bool:
    """Whether a class list that was read has this student, if only by the id."""
    if not inspect(gradebook.engine).has_table(CLASS_LIST.name):
        return False
    row = gradebook.db.execute(select(CLASS_LIST.c.student_id).where(CLASS_LIST.c.student_id == student)).first()
    return row is not None


def _stored(gradebook: Any) -> dict[str, ListedStudent]:
    """Return what our own table holds; nothing if no class list was ever stored."""
    if not inspect(gradebook.engine).has_table(CLASS_LIST.name):
        return {}
    rows = gradebook.db.execute(select(CLASS_LIST)).mappings()
    return {
        row["student_id"]: ListedStudent(
            row["student_id"],
            section=row["section"],
            group=row["group"],
            platform_ids=json.loads(row["platform_ids"]),
        )
        for row in rows
    }


def _merged(was: ListedStudent | None, now: ListedStudent) -> ListedStudent:
    """Return what is known of a student after reading a list: what the list says, else what was known before."""
    if was is None:
        return now
    ids = {name: value for name, value in {**was.platform_ids, **now.platform_ids}.items() if value}
    names = (now.first_name, now.last_name) if now.first_name or now.last_name else (was.first_name, was.last_name)
    return ListedStudent(
        now.id, *names, now.email or was.email, now.section or was.section, now.group or was.group, ids
    )


def _differences(was: ListedStudent, now: ListedStudent) -> list[str]:
    """Return what changed, in words."""
    pairs = {name: (getattr(was, name), getattr(now, name)) for name in
             ("first_name", "last_name", "email", "section", "group")}  # fmt: skip
    pairs |= {name: (was.platform_ids.get(name, ""), value) for name, value in now.platform_ids.items()}
    return [f"{name} was {before or 'empty'}, is {after}" for name, (before, after) in pairs.items() if before != after]


def _enter(gradebook: Any, student: ListedStudent) -> None:
    """Write one student into both tables."""
    gradebook.db.merge(
        Student(
            id=student.id,
            first_name=student.first_name or None,
            last_name=student.last_name or None,
            email=student.email or None,
            lms_user_id=student.lms_user_id or None,
        )
    )
    ours = {
        "student_id": student.id,
        "section": student.section,
        "group": student.group,
        "platform_ids": json.dumps(dict(student.platform_ids), sort_keys=True),
    }
    gradebook.db.execute(CLASS_LIST.delete().where(CLASS_LIST.c.student_id == student.id))
    gradebook.db.execute(CLASS_LIST.insert().values(**ours))
