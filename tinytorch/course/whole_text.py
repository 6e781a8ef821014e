"""Text that every file, database and page can hold: without half characters, and without NUL.

JavaScript and JSON know half of a character above U+FFFF, such as half an emoji, and Python's strings can hold one.
UTF-8, and what is written in it, cannot; and PostgreSQL and Python's compiler refuse NUL.
"""

from __future__ import annotations

import json
import re
from typing import Any

HALF_OR_NUL = re.compile("[\x00\ud800-\udfff]")
INSTEAD = "\ufffd"  # how programs show what is no character


def whole_text(text: str) -> str:
    """Return a text with halves that follow each other joined, and with each other half and each NUL as U+FFFD."""
    if not HALF_OR_NUL.search(text):
        return text
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return joined.replace("\x00", INSTEAD)


def whole_texts(value: Any) -> Any:
    """Return what JSON can say, with all its texts whole."""
    if isinstance(value, str):
        return whole_text(value)
    if isinstance(value, list):
        return [whole_texts(item) for item in value]
    if isinstance(value, dict):
        return {whole_texts(key): whole_texts(item) for key, item in value.items()}
    return value


def are_whole(value: Any) -> bool:
    """Whether all texts in what JSON can say are whole; written as one text, thousands are looked through at once."""
    try:
        return b"\\u0000" not in json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
