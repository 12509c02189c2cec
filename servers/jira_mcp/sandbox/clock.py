"""Time as Jira writes it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from sandbox_kit.atlassian.clock import written

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?([+-]\d\d:?\d\d|Z)")


def stamp(moment: int) -> str:
    """A moment as the vendor writes it: 2026-01-31T09:00:58.000+0000."""
    return f"{written(moment)}+0000"


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
