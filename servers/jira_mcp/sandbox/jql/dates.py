"""Dates and durations as JQL writes them.

Follows Atlassian's references "JQL fields" (formats, relative dates) and "JQL functions" (startOfDay and its
like: the start or end first, then the offset, so that startOfMonth("+14d") is the 15th).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final, Literal

from sandbox_kit.query_language import dates
from sandbox_kit.query_language.dates import SECONDS, read_date

from .errors import JqlError

Period = Literal["Day", "Week", "Month", "Year"]

_RELATIVE: Final = re.compile(r"([-+]?)\s*((?:\d{1,9}[wdhm]\s*)+)", re.IGNORECASE)
_AMOUNT: Final = re.compile(r"(\d+)([wdhm])", re.IGNORECASE)
_OFFSET: Final = re.compile(r"([-+]?\d{1,9})([yMwdhm]?)")
_WORKING_SECONDS: Final = {"w": 5 * 8 * 3_600, "d": 8 * 3_600, "h": 3_600, "m": 60}


def moment(text: str, *, is_number: bool, field: str, now: datetime) -> datetime:
    """The moment that a value means, in the time zone of `now`.

    `2026-01-31`, `2026/01/31 14:00`, `-7d`, `4w 2d`, and integers as milliseconds since 1970; else JqlError.
    """
    value = text.strip()
    try:
        if is_number:
            return datetime.fromtimestamp(int(value) / 1000, now.tzinfo)
        if absolute := read_date(value, now):
            return absolute[0]
        if relative := _RELATIVE.fullmatch(value):
            distance = timedelta(seconds=_total(relative[2], SECONDS))
            return now - distance if relative[1] == "-" else now + distance
    except (ValueError, OverflowError, OSError):
        pass  # A date that no calendar has is as invalid as one that is none.
    raise JqlError(
        f"Date value '{text}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm',"
        " 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
    )


def boundary(period: Period, now: datetime, *, end: bool, offset: str, first_weekday: int, function: str) -> datetime:
    """The start or end of the period around `now`, moved by an offset like `-1`, `2w` or `-1M`."""
    match = _OFFSET.fullmatch(offset.strip() or "0")
    if not match:
        raise JqlError(
            f"Duration for function '{function}' should have the format (+/-)n(yMwdhm), e.g -1M for 1 month earlier."
        )
    span = period.lower()
    unit = match[2] or dates.NATURAL_UNIT[span]
    try:
        return dates.boundary(span, now, int(match[1]), unit, end=end, first_weekday=first_weekday)
    except (ValueError, OverflowError):
        raise JqlError(f"The duration '{offset}' for function '{function}' leads beyond the calendar.") from None


def working_seconds(text: str, field: str) -> float:
    """Time spent or estimated: `1w 2d 4h 30m`, with weeks of 5 days and days of 8 hours; integers are minutes."""
    value = text.strip()
    if re.fullmatch(r"\d{1,12}", value):
        return int(value) * 60.0
    match = _RELATIVE.fullmatch(value)
    if not match or match[1] == "-":
        raise JqlError(
            f"The duration '{text}' for the field '{field}' is invalid. Valid formats include '2h', '1d 4h' and '30m'."
        )
    return float(_total(match[2], _WORKING_SECONDS))


def _total(amounts: str, seconds: dict[str, int]) -> int:
    return sum(int(amount) * seconds[unit.lower()] for amount, unit in _AMOUNT.findall(amounts))
