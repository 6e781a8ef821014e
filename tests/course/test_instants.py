"""A time with an offset is the instant that it names, or it is refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tinytorch.course.instants import read_instant, shown

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MEAN_NOON = [
    "2026-05-01 12:00",
    "2026-05-01 12:00 UTC",
    "2026-05-01T12:00Z",
    "2026-05-01 12:00:00.000000 UTC",
    "2026-05-01 14:00 +0200",
    "2026-05-01 14:00 +02:00",
    "2026-05-01 14:00 +02",
    "2026-05-01 14:00+02:00",
    "2026-05-01T14:00:00+0200",
    "2026-05-01 06:30 -05:30",
    "2026-05-01 14:00 Europe/Berlin",
]
REFUSED = {
    "2026-05-01 12:00 CEST": "'CEST' is no time zone that means one thing",
    "2026-05-01 12:00 PST": "'PST' is no time zone that means one thing",
    "2026-05-01 12:00 PM": "'PM' is no time zone that means one thing",
    "2026-05-01 12:00 Europe/Nowhere": "'Europe/Nowhere' is no time zone",
    "2026-05-01 12:00 200": "'200' is no time zone",
    "2026-05-01 12:00 +99:00": "cannot be read as a time",
    "2026-05-01 25:00 UTC": "cannot be read as a time",
    "2026-05-01": "is no date with a time",
    "tomorrow": "is no date with a time",
    "2026-03-29 02:30 Europe/Berlin": "comes twice or never",
    "2026-10-25 02:30 Europe/Berlin": "comes twice or never",
}


@pytest.mark.parametrize("text", MEAN_NOON)
def test_a_time_is_the_instant_that_it_names(text: str) -> None:
    assert read_instant(text) == NOON


@pytest.mark.parametrize("text", REFUSED)
def test_a_time_that_names_none_or_several_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"write it as|give its offset") as refused:
        read_instant(text)
    assert REFUSED[text] in str(refused.value)


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_berlin")
def test_an_instant_is_shown_in_utc_and_in_the_time_of_this_machine() -> None:
    assert shown(NOON) == "2026-05-01 12:00 UTC (2026-05-01 14:00 +0200 on this machine)"
    assert shown(NOON.replace(tzinfo=None)) == shown(NOON)
    assert shown(NOON.replace(second=9)) == "2026-05-01 12:00:09 UTC (2026-05-01 14:00:09 +0200 on this machine)"
