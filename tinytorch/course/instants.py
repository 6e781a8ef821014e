"""Instants: reading a time that somebody wrote, and showing it in UTC and in this machine's time.

A time without a zone is UTC, as nbgrader takes it. A zone is UTC, an offset, or a place. The abbreviations of zones
mean several things (CST is three of them), so they are refused.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

INSTANT = re.compile(r"(?P<moment>\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?) ?(?P<zone>.*)")
OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)?")
FORMS = "write it as 2026-05-01 12:00 UTC, 2026-05-01 14:00 +02:00 or 2026-05-01 14:00 Europe/Berlin"


def is_instant(text: str) -> bool:
    """Whether a text is a date and a time in numbers, with or without a zone."""
    return bool(INSTANT.fullmatch(text.strip()))


def read_instant(text: str) -> datetime:
    """Return the instant that a text names, in UTC.

    Raises:
        ValueError: it names none, or several; the message is a sentence for the user.
    """
    found = INSTANT.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is no date with a time: {FORMS}.")
    try:
        moment, zone = datetime.fromisoformat(found["moment"]), read_zone(found["zone"])
        instants = {moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} cannot be read as a time ({error}): {FORMS}.") from None
    if len(instants) > 1:
        raise ValueError(f"{text!r} comes twice or never, because clocks change there: give its offset from UTC.")
    return instants.pop()


def read_zone(name: str) -> tzinfo:
    """Return the zone that a text names: UTC, an offset, or a place such as Europe/Berlin; or raise `ValueError`."""
    if name.upper() in ("", "Z", "UTC", "GMT"):
        return UTC
    if offset := OFFSET.fullmatch(name):
        length = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
        return timezone(length if offset["sign"] == "+" else -length)
    try:
        if "/" in name:
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise ValueError(f"{name!r} is no time zone that means one thing")


def shown(instant: datetime) -> str:
    """Return an instant in UTC and in this machine's time; without a zone it is in UTC, as nbgrader keeps it."""
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    form = "%Y-%m-%d %H:%M:%S" if aware.second else "%Y-%m-%d %H:%M"
    return f"{aware.astimezone(UTC):{form}} UTC ({aware.astimezone():{form} %z} on this machine)"
