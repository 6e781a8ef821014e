"""An error in one line, as messages and reports show it."""

from __future__ import annotations

import re

LONG_LIST = re.compile(
    r"\[([^\[\],]+(?:, [^\[\],]+){7})(?:, [^\[\],]+){5,}\]"
)  # more than 12 values, none of them a list
MOST_CHARACTERS = 400  # of an error in one line


def first_line(said: object, otherwise: str = "") -> str:
    """Return the first line of a text, or of what an error says; `otherwise` if that is nothing."""
    lines = str(said).strip().splitlines()
    return lines[0].rstrip() if lines else otherwise


def error_line(name: str, said: object) -> str:
    """Return an error's name and the first line of what it says: "ValueError: no such step", or "ValueError" alone."""
    line = first_line(said)
    return f"{name}: {line}" if line else name


def in_one_line(said: object) -> str:
    """Return all that an error says, in one line, with long lists and the middle of long values left out."""
    return shortened(LONG_LIST.sub(r"[\1, …]", " ".join(str(said).split())), MOST_CHARACTERS)


def shortened(text: str, most: int) -> str:
    """Return a text, or of one longer than `most` characters its beginning (three quarters of them) and its end."""
    if len(text) <= most:
        return text
    begin = most * 3 // 4
    return f"{text[:begin].rstrip()} … {text[len(text) - (most - begin - 3) :].lstrip()}"
