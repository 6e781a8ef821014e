"""Which of a student's hand-ins of a module counts: the newest, unless two could be it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tinytorch.course.handin.file_table import FileTable, What
from tinytorch.course.handin.senders import Sender
from tinytorch.course.handin.sort_files import HandIn, is_all_named
from tinytorch.course.instants import shown
from tinytorch.course.layout import STUDENT_ID, Module

NO_TIME = datetime.min.replace(tzinfo=UTC)
SAME_TIME = timedelta(minutes=1)  # dates of files that were copied or cloned together say nothing of which is newer


@dataclass(frozen=True)
class Submission:
    """What a student handed in."""

    student: str
    path: Path  # the notebook, or a zip of `tito submit`; the student's folder, if there is no notebook in it
    problem: str = ""  # why it cannot be read; empty if it can
    remarks: tuple[str, ...] = ()  # what the student has to know about how it was handed in
    older: tuple[Path, ...] = ()  # what else the student handed in
    module: Module | None = None
    group: tuple[str, ...] = ()  # everybody for whom the same notebook counts, if those are several
    senders: Mapping[Path, Sender] = field(default_factory=dict)  # what the paths of all these say, if a platform did


def choose(student: str, module: Module, group: list[HandIn], table: FileTable) -> Submission | None:
    """Return which of a student's hand-ins of a module counts; None if none does, and rows say why."""
    if not STUDENT_ID.match(student):
        for each in group:
            table.hold(each, f"{student!r} cannot be a student's id (letters, digits and . _ - @ only)")
        return None
    taken = [each for each in group if table.is_taken(each)]
    by_hand = [each for each in taken if table.is_for(each)] or taken  # of a group's, one can be a single member's
    others = [each for each in group if each not in taken]
    distinct = _distinct(student, [each for each in others if not each.unreadable], table)
    damaged = [each for each in others if each.unreadable]
    rivals = by_hand or (_rivals(distinct) if distinct else [max(damaged, key=_order)])
    rest = [each for each in (*distinct, *damaged) if each not in rivals]
    if len(rivals) > 1:
        shown = ", ".join(each.file.path.name if each.is_zip else "/".join(each.file.parts) for each in rivals[:4])
        names = ", ".join(rivals[-1].group or [student])
        reason = f"{names} handed in {len(rivals)} different notebooks of {module.assignment} ({shown})"
        for each in rivals:
            table.hold(each, f"{reason}, and none is clearly the newest")
        _settle(student, module, table, rest, "others are held")
        return None
    counting = rivals[0]
    what = What.PROBLEM if counting.unreadable else What.COUNTS
    table.add(counting.file.path, what, counting.unreadable, student, module, counting.when)
    _settle(student, module, table, rest, f"{counting.file.path} counts")
    remarks = _remarks(module, counting, len(rest) + 1, is_chosen=bool(by_hand))
    paths = tuple(each.file.path for each in rest)
    senders = {each.file.path: each.sender for each in (counting, *rest) if each.sender.is_sure}
    return Submission(student, counting.file.path, counting.unreadable, remarks, paths, module, counting.group, senders)


def _order(each: HandIn) -> tuple[int, datetime, int, Path]:
    """Return by what the hand-ins of one student are sorted, the oldest first; only Canvas counts attempts."""
    return each.sender.attempt, each.time, each.rank, each.file.path


def _distinct(student: str, hand_ins: list[HandIn], table: FileTable) -> list[HandIn]:
    """Return hand-ins, the oldest first, without those that repeat the one before."""
    ordered = sorted(hand_ins, key=_order)
    if len(ordered) < 2:
        return ordered
    kept: list[HandIn] = []
    for each in ordered:
        if kept and kept[-1].digest == each.digest:
            same, kept[-1] = (each, kept[-1]) if kept[-1].rank <= each.rank else (kept[-1], each)
            table.add(same.file.path, What.SAME, f"the same as {kept[-1].file.path}", student, same.module, same.when)
        else:
            kept.append(each)
    return kept


def _settle(student: str, module: Module, table: FileTable, rest: Iterable[HandIn], instead: str) -> None:
    """Note that some of a student's hand-ins do not count, and what does instead."""
    for each in rest:
        why = each.unreadable or (instead if each.written else "nothing is written in it")
        table.add(each.file.path, What.OLDER, why, student, module, each.when)


def _rivals(hand_ins: list[HandIn]) -> list[HandIn]:
    """Return the hand-in that counts, or those among which a person has to choose; they come with the oldest first.

    Of those that several members of a group handed in, the newest by the platform's time counts: attempts are counted
    for each member, and each member's own clock may say anything.
    """
    by_member: dict[str, list[HandIn]] = defaultdict(list)
    for each in hand_ins:
        by_member[each.by or each.student].append(each)
    rivals = [_rivals_of_one(own) for own in by_member.values()]
    if len(rivals) == 1:
        return rivals[0]
    candidates = sorted((each for own in rivals for each in own), key=lambda each: (each.time, each.file.path))
    newest = candidates[-1]
    is_clear = all(each.sender.time for each in candidates) and candidates[-2].time < newest.time
    return [newest] if is_clear else candidates


def _rivals_of_one(hand_ins: list[HandIn]) -> list[HandIn]:
    """Return the same of what one student handed in."""
    latest = max((each.sender.attempt, each.sender.time or NO_TIME) for each in hand_ins)
    hand_ins = [each for each in hand_ins if (each.sender.attempt, each.sender.time or NO_TIME) == latest]
    written = [each for each in hand_ins if each.written or each.is_zip] or hand_ins
    best = min((each.rank for each in written), default=0)
    if best == 2:
        as_released = [each for each in written if is_all_named(each.file, each.module)]
        return as_released if len(as_released) == 1 else written
    expected = [each for each in written if each.rank < 2]
    newest = expected[-1]
    close = [each for each in expected if _close(each, newest)]
    if len(close) > 1:
        first = [each for each in close if each.rank == min(other.rank for other in close)]
        newest, close = first[-1], first
    newer_elsewhere = [each for each in written if each.rank == 2 and each.time - newest.time >= SAME_TIME]
    return [*close, *newer_elsewhere] if len(close) > 1 or newer_elsewhere else [newest]


def _close(first: HandIn, second: HandIn) -> bool:
    """Whether the times of two hand-ins do not say which is newer; the times in zips are exact."""
    if first.is_zip and second.is_zip:
        return first.time == second.time
    return abs(first.time - second.time) < SAME_TIME


def _remarks(module: Module, counting: HandIn, count: int, *, is_chosen: bool) -> tuple[str, ...]:
    """Return what a student has to know about how a notebook was handed in."""
    path, remarks = counting.file.path, []
    is_named = counting.place.name in (module.notebook_name, module.browser_name)
    if not counting.is_zip and not is_named and not _is_students_own(counting):
        remarks.append(f"the notebook was handed in as {counting.place.name}; it must be called {module.notebook_name}")
    if counting.group:
        remarks.append(f"{' and '.join(counting.group)} handed it in together")
    if count > 1:
        which = "a person chose the one that counts" if is_chosen else "the newest that can be read counts"
        handed_in = f"{path.parent.name}/{path.name}, of {shown(counting.time)}"
        remarks.append(f"{count} notebooks were handed in; {which}, {handed_in}")
    return tuple(remarks)


def _is_students_own(hand_in: HandIn) -> bool:
    """Whether a notebook has its student's name, as in alice.ipynb."""
    return not hand_in.sender.inside and hand_in.file.path.suffix.lower() == ".ipynb"
