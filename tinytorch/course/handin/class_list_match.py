"""Finding the student on the class list whom a platform's path names: by the platform's id, else by the name.

Nobody is guessed: who is not found, or found twice, is nobody until a person says who it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from tinytorch.course.gradebook.class_list_file import ListedStudent
from tinytorch.course.handin.senders import Sender


def identify(sender: Sender, listed: Mapping[str, ListedStudent]) -> str:
    """Return a student's id; empty if a platform names nobody on the class list, or somebody who is there twice.

    Without a class list it is the platform's own id. A folder's name that is not on the list stays as it is.
    """
    if not listed:
        return sender.student
    if not sender.is_sure:
        if sender.student in listed:
            return sender.student
        named = _by_name(sender.student, listed)
        return named[0] if len(named) == 1 else sender.student
    found = _by_ids(sender, listed) or _by_name(sender.name, listed)
    return found[0] if len(found) == 1 else ""


def described(sender: Sender) -> str:
    """Return how a platform names somebody: "Ada Byron (Moodle's 12345)"."""
    number = next(iter(sender.ids.values()), "")
    known = f"{sender.platform}'s {number}" if number else sender.platform
    return f"{sender.name} ({known})" if sender.name else known


def _by_ids(sender: Sender, listed: Mapping[str, ListedStudent]) -> list[str]:
    """Return the students who have one of the sender's ids, under the name that the platform gives to it."""
    wanted = {name: value.casefold() for name, value in sender.ids.items() if value}
    found = []
    for student, each in listed.items():
        own = {"Email": each.email, "ID": each.lms_user_id, "Username": student, "GitHub": student, **each.platform_ids}
        if any(str(own.get(name, "")).casefold() == value for name, value in wanted.items()):
            found.append(student)
    return found


def _by_name(name: str, listed: Mapping[str, ListedStudent]) -> list[str]:
    """Return the students with this name, whichever of first and last name comes first and however it is written."""
    wanted = _letters(name)
    if not wanted:
        return []
    return [
        student
        for student, each in listed.items()
        if wanted in (_letters(each.first_name + each.last_name), _letters(each.last_name + each.first_name))
    ]


def _letters(text: str) -> str:
    """Return a text's letters and digits alone, as Canvas writes names."""
    return "".join(letter for letter in unicodedata.normalize("NFC", text).casefold() if letter.isalnum())
