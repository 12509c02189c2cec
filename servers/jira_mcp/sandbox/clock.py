"""Time as it is stored (milliseconds since 1970, UTC) and as Jira writes it."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime, timedelta

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?([+-]\d\d:?\d\d|Z)")


def now_ms() -> int:
    """This moment."""
    return int(time.time() * 1000)


def at(text: str) -> int:
    """The moment of "2026-01-31 09:00" (UTC), as the sample data writes it."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def stamp(moment: int) -> str:
    """A moment as the vendor writes it: 2026-01-31T09:00:58.000+0000."""
    seconds, thousandths = divmod(moment, 1000)
    when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return f"{when:%Y-%m-%dT%H:%M:%S}.{thousandths:03d}+0000"


def parse_stamp(text: object) -> int | None:
    """A moment that a client sent, or None when it is not one."""
    if not isinstance(text, str) or not _STAMP.fullmatch(text):
        return None
    try:
        return int(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1000)
    except (ValueError, OverflowError):  # an impossible date, or one that UTC puts outside the years 1 to 9999
        return None


def is_day(text: object) -> bool:
    """Whether this is a date like 2026-01-31."""
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
