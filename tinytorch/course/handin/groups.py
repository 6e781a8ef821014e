"""Hand-ins of groups: two or three students, one notebook, which counts for each of them.

A platform says who belongs to a group, or the class list does if `--groups` is given: a column of that name often holds
the tutorial that students go to, so that it is never taken for granted.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping

from tinytorch.course.gradebook.class_list_file import ListedStudent
from tinytorch.course.handin.file_table import FileTable, What
from tinytorch.course.handin.sort_files import HandIn
from tinytorch.course.layout import CourseError

MOST_MEMBERS = 6  # of a group on the class list: more are a tutorial, and not a group that hands in together


def for_each_member(
    hand_ins: list[HandIn], listed: Mapping[str, ListedStudent], table: FileTable, *, by_class_list: bool
) -> list[HandIn]:
    """Return the hand-ins, those of a group once for each member.

    Args:
        hand_ins: what was handed in, each by one student.
        listed: the students on the class list, by id.
        table: gets a row for each member of a platform's group who is not on the class list.
        by_class_list: whether the groups on the class list hand in together.

    Raises:
        CourseError: a group on the class list is too large to be one that hands in together.
    """
    groups = _groups_on(listed) if by_class_list else {}
    shared = []
    for each in hand_ins:
        group = each.sender.members if each.student in each.sender.members else groups.get(each.student, ())
        for stranger in each.sender.strangers if group else ():
            why = (
                f"{stranger} belongs to the group that handed it in, and the class list has nobody, or several, of "
                "that name: correct the list, read it with `tito roster`, and collect again"
            )
            table.add(each.file.path, What.HELD, why, "", each.module, each.when)
        if len(group) < 2:
            shared.append(each)
        else:
            shared += [dataclasses.replace(each, student=student, group=group, by=each.student) for student in group]
    return shared


def _groups_on(listed: Mapping[str, ListedStudent]) -> dict[str, tuple[str, ...]]:
    """Return the group of each student who is in one."""
    members: dict[str, list[str]] = defaultdict(list)
    for student, each in sorted(listed.items()):
        if each.group:
            members[each.group].append(student)
    for name, students in members.items():
        if len(students) > MOST_MEMBERS:
            raise CourseError(
                f"The class list has {len(students)} students in the group {name!r}, and at most {MOST_MEMBERS} hand "
                "in together: read the list again with `tito roster FILE --column group=NAME`, or leave out --groups."
            )
    return {student: tuple(students) for students in members.values() for student in students}
