"""Hand-ins of which it is not clear whose they are: they are held until a person decides."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping

from tinytorch.course.gradebook.class_list_file import ListedStudent
from tinytorch.course.handin.class_list_match import described
from tinytorch.course.handin.file_table import FileTable, What
from tinytorch.course.handin.sort_files import HandIn, without_copy
from tinytorch.course.layout import Course, Module


def hold_contradictions(
    course: Course, hand_ins: list[HandIn], listed: Mapping[str, ListedStudent], table: FileTable
) -> list[HandIn]:
    """Hold what nobody on the class list handed in, and what one person handed in in the name of another."""
    of_modules = {without_copy(name) for each in course.modules for name in (each.notebook_name, each.browser_name)}
    gone: set[int] = set()  # places in `hand_ins`

    def hold(place: int, reason: str, student: str = "") -> None:
        table.hold(hand_ins[place], reason, student)
        gone.add(place)

    for place, each in enumerate(hand_ins):
        if table.is_taken(each):
            continue
        if not each.sender.inside and not each.is_zip and without_copy(each.place.name) in of_modules:
            hold(place, "its name does not say whose it is", "STUDENT")
        elif not each.sender.student:
            hold(place, f"the class list has nobody, or several, for {described(each.sender)}", "STUDENT")
    hand_ins = [each for place, each in enumerate(hand_ins) if place not in gone]
    gone.clear()
    if not listed:
        _call_by_their_zips(hand_ins, table)
    claims: dict[str, set[str]] = defaultdict(set)  # by first folder: whose hand-ins are in it
    notebooks_of = {each.sender.student for each in hand_ins if not each.is_zip and each.sender.inside}
    for each in hand_ins:
        if each.sender.inside:
            claims[each.sender.student].add(each.student)
    by_sender: dict[tuple[str, Module | None], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, each in enumerate(hand_ins):
        sender = each.sender.student if each.sender.inside else each.student
        is_nobodys = not each.sender.is_sure and len(claims[sender]) > 1 and sender not in notebooks_of
        if table.is_taken(each) or is_nobodys:
            sender = each.student  # a person has decided, or the folder is nobody's
        if each.student in each.sender.members:
            sender = each.student  # whoever of the group made the zip
        if each.is_zip and sender != each.student and (sender in listed or sender in notebooks_of):
            hold(place, f"its path says {each.sender.student}, and the manifest in it says {each.student}")
        else:
            by_sender[each.student, each.module][sender].append(place)
    for (student, _), by_name in by_sender.items():
        places = [place for group in by_name.values() for place in group]
        if len(by_name) < 2 or len({hand_ins[place].digest for place in places}) < 2:
            continue
        chosen = [hand_ins[place] for place in places if table.is_taken(hand_ins[place])]
        names = " and ".join(sorted(by_name))
        for place in places:
            each = hand_ins[place]
            if not chosen:
                hold(place, f"{names} both handed in as {student}")
            elif not table.is_taken(each):
                why = f"{chosen[0].file.path} was chosen by --take"
                table.add(each.file.path, What.BESIDE, why, student, each.module, each.when)
                gone.add(place)
    return [each for place, each in enumerate(hand_ins) if place not in gone]


def _call_by_their_zips(hand_ins: list[HandIn], table: FileTable) -> None:
    """Give each person whom only a platform's number names the id that all zips of that person say."""
    said: dict[str, set[str]] = defaultdict(set)
    senders: dict[str, set[str]] = defaultdict(set)
    for each in hand_ins:
        if each.is_zip and each.sender.is_sure:
            said[each.sender.student].add(each.student)
            senders[each.student].add(each.sender.student)
    for place, each in enumerate(hand_ins):
        names = said[each.sender.student] if each.sender.is_sure else set()
        if len(names) == 1 and len(senders[name := next(iter(names))]) == 1:
            student = each.student if table.is_taken(each) else name
            sender = dataclasses.replace(each.sender, student=name)
            hand_ins[place] = dataclasses.replace(each, student=student, sender=sender)
