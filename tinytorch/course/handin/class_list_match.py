"""Finding the student on the class list whom a platform's path names: by the platform's id, else by the name.

Nobody is guessed: who is not found, or found twice, is nobody until a person says who it is.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping

from tinytorch.course.gradebook.class_list_file import ListedStudent
from tinytorch.course.handin.senders import Sender


class ClassListMatch:
    """Finds students on one class list."""

    def __init__(self, listed: Mapping[str, ListedStudent]) -> None:
        self.listed = listed
        self._by_id: dict[tuple[str, str], set[str]] = defaultdict(set)  # by the id's name, and the id
        self._by_name: dict[str, set[str]] = defaultdict(set)
        for student, each in listed.items():
            own = {"Email": each.email, "ID": each.lms_user_id, "Username": student, "GitHub": student}
            for name, value in {**own, **each.platform_ids}.items():
                self._by_id[name, value.casefold()].add(student)
            for name in (each.first_name + each.last_name, each.last_name + each.first_name):
                self._by_name[_letters(name)].add(student)

    def identify(self, sender: Sender) -> str:
        """Return a student's id; empty if a platform names nobody on the list, or somebody who is there twice.

        Without a class list it is the platform's own id. A folder's name that is not on the list stays as it is.
        """
        if not self.listed or (not sender.is_sure and sender.student in self.listed):
            return sender.student
        found = {student for name, value in sender.ids.items() if value for student in self._known(name, value)}
        found = found or self._named(sender.name if sender.is_sure else sender.student)
        if len(found) == 1:
            return next(iter(found))
        return "" if sender.is_sure else sender.student

    def members(self, sender: Sender) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return who handed in together as a platform says: the ids, and how it names those who are not on the list."""
        if sender.together:
            found = [(self.identify(each), each) for each in sender.together]
            known = tuple(dict.fromkeys(student for student, _ in found if student))
            return known, tuple(described(each) for student, each in found if not student)
        if sender.platform == "Moodle" and not self.identify(sender):
            # a team's folder has the group's name, and only the class list says who that is
            return tuple(sorted(name for name, each in self.listed.items() if _is_group(each, sender.name))), ()
        return (), ()

    def _known(self, name: str, value: str) -> set[str]:
        return self._by_id.get((name, value.casefold()), set())

    def _named(self, name: str) -> set[str]:
        """Return the students with this name, whichever part of it comes first and however it is written."""
        letters = _letters(name)
        return self._by_name.get(letters, set()) if letters else set()


def _is_group(student: ListedStudent, name: str) -> bool:
    """Whether a student is in the group of this name, as Moodle writes it in the name of a folder."""
    return bool(student.group) and student.group.replace("_", " ") == name.replace("_", " ")


def described(sender: Sender) -> str:
    """Return how a platform names somebody: "Ada Byron (Moodle's 12345)"."""
    number = next(iter(sender.ids.values()), "")
    known = f"{sender.platform}'s {number}" if number else sender.platform
    return f"{sender.name} ({known})" if sender.name else known


def _letters(text: str) -> str:
    """Return a text's letters and digits alone, as Canvas writes names."""
    return "".join(letter for letter in unicodedata.normalize("NFC", text).casefold() if letter.isalnum())
