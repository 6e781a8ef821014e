"""Deciding what is done with each file that was handed in, before anything is written: a table with a row for each.

Nobody is guessed. A student's newest notebook counts; what contradicts itself, or could be one thing or another, is
held with the command that decides: two notebooks of the same time, two hand-ins that different people made in one
student's name. The table knows nothing of grading: `tito collect` and `tito grade` carry it out.
"""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from tinytorch.course.gradebook.class_list_file import ListedStudent
from tinytorch.course.handin.contradictions import hold_contradictions
from tinytorch.course.handin.file_table import FileTable, Row, What
from tinytorch.course.handin.groups import for_each_member
from tinytorch.course.handin.other_files import OtherFiles
from tinytorch.course.handin.sort_files import FileSorter, HandIn, is_expected
from tinytorch.course.handin.which_counts import Submission, choose
from tinytorch.course.layout import Course, CourseError, Module


@dataclass(frozen=True)
class Plan:
    """What is done with every file: each has a row or is among the counts."""

    rows: list[Row]
    counts: Counter[str]  # how many files nobody needs to look at one by one, by what they are
    submissions: list[Submission]
    module: Module | None  # the only one that counts

    def of_one_module(self) -> Module:
        """Return the only module that counts, or raise `CourseError`."""
        if self.module is None:
            raise CourseError("It does not show which module this is for: give --module, such as --module 05.")
        return self.module

    @property
    def to_look_at(self) -> list[Row]:
        """The rows of files that a person has to look at."""
        return [row for row in self.rows if row.what.needs_a_person]


def make_plan(
    course: Course,
    given: Sequence[Path],
    *,
    module: Module | None = None,
    one_module: bool = False,
    output: Path | None = None,
    form: str = "",
    listed: Mapping[str, ListedStudent] | None = None,
    taken: Mapping[Path, str] | None = None,
    command: str = "tito collect",
    by_group: bool = False,
    zone: tzinfo | None = None,
) -> Plan:
    """Return what is done with each of these files, and each file below these folders; nothing is changed.

    Args:
        course: the course.
        given: folders and files.
        module: the only module that counts; each file's own if None.
        one_module: whether all files have to be for one module; it is found out if `module` is None.
        output: the folder of results, which holds no hand-ins; the course's if None.
        form: how paths say who handed a file in, one of `FORMS`; it is found out if empty.
        listed: the students on the class list, by id, if there is one.
        taken: files that a person has decided on, with resolved paths, and whose they are.
        command: what a sentence tells people to run, without the options that decide.
        by_group: whether the groups on the class list hand in together; groups that a platform names always do.
        zone: of the times in names that do not say their zone; this machine's if None.

    Raises:
        CourseError: there is nothing that was handed in, or, with `one_module`, it is for several modules or for none.
    """
    table = FileTable(taken or {}, command)
    sorter = FileSorter(course, module, form, listed or {}, table, zone=zone)
    sorter.sort(given, output or course.root)
    found = {each.file.path.resolve() for each in sorter.hand_ins} if table.taken else set()
    if stray := next((path for path in table.taken if path not in found), None):
        raise CourseError(
            f"--take {table.taken[stray]}={stray}: no hand-in was found there; give a path as the table shows it."
        )
    if one_module and module is None:
        module = _only_module(sorter.hand_ins, given)
    hand_ins = [_with_module(each, module, one_module, table) for each in sorter.hand_ins]
    hand_ins = hold_contradictions(course, hand_ins, listed or {}, table)
    hand_ins = for_each_member(hand_ins, listed or {}, table, by_class_list=by_group)
    others = list(sorter.others)
    groups: dict[tuple[str, Module], list[HandIn]] = defaultdict(list)
    for each in hand_ins:
        if each.module is not None and module in (None, each.module):
            groups[each.student, each.module].append(each)
        elif each.module is None and each.is_direct:
            why = each.unreadable or "it does not show which module it is for: choose one by --module"
            table.add(
                each.file.path, What.PROBLEM if each.unreadable else What.HELD, why, each.student, None, each.when
            )
        else:
            why = each.module.assignment if each.module else each.unreadable or "a notebook of no module"
            others.append((each.file, each.student, why))
    chosen = [choose(student, each, group, table) for (student, each), group in groups.items()]
    submissions = [each for each in chosen if each is not None]
    submissions += OtherFiles(course, module, table, sorter.sender_of).account(others, hand_ins)
    known = {row.student for row in table.rows}
    for path, student in sorter.empty:
        if student not in known:
            table.add(path, What.PROBLEM, "the folder is empty: nothing was handed in", student)
    table.counts["notebooks of other modules"] += sum(row.what == What.OTHER_MODULE for row in table.rows)
    rows = sorted((row for row in table.rows if row.what != What.OTHER_MODULE), key=lambda row: row.path)
    return Plan(rows, +table.counts, sorted(submissions, key=lambda each: (each.student, each.module or "")), module)


def _only_module(hand_ins: list[HandIn], given: Sequence[Path]) -> Module | None:
    """Return the one module that all hand-ins are for; None if there are none at all."""
    modules = {each.module for each in hand_ins if each.module}
    if len(modules) == 1 or not hand_ins:
        return next(iter(modules), None)
    names = ", ".join(module.assignment for module in sorted(modules))
    reason = f"holds notebooks of {names}" if modules else "does not show which module it is for"
    where = ", ".join(map(str, given))
    raise CourseError(f"{where} {reason}: choose the module to grade with --module, such as --module 05.")


def _with_module(each: HandIn, module: Module | None, one_module: bool, table: FileTable) -> HandIn:
    """Return a hand-in; what lies where the only module's notebook is expected is handed in as that.

    If its cells are another module's, it yields to any other; its student is told what it is when it is graded.
    """
    if module is None or each.is_zip:
        return each
    is_at_its_place = each.is_direct or is_expected(each.sender.inside, module)
    if each.module is None and (each.is_direct or table.is_taken(each)):
        return dataclasses.replace(each, module=module)
    if one_module and each.module not in (None, module) and is_at_its_place:
        return dataclasses.replace(each, module=module, written=False)
    return each
