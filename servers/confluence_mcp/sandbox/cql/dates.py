"""Dates as CQL writes them, and its functions of time.

Follows Atlassian's references "CQL fields" (the four formats) and "CQL functions" (increments like "-4w").
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import datetime, timedelta
from typing import Final

from .errors import CqlError
from .syntax import Call

_ABSOLUTE: Final = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:\s+(\d{1,2}):(\d{2}))?")
_INCREMENT: Final = re.compile(r"([-+]?\d{1,6})([yMwdhm]?)")
_SECONDS: Final = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60}
_NATURAL_UNIT: Final = {"day": "d", "week": "w", "month": "M", "year": "y"}
_BOUNDARY: Final = re.compile(r"(start|end)of(day|week|month|year)")
_SUNDAY: Final = 6

FUNCTIONS: Final = "now(), startOfDay(), endOfDay() and the same of Week, Month and Year"


def read_moment(text: str, now: datetime) -> tuple[datetime, datetime]:
    """The first and the last moment that a date means, in the time zone of `now`: a minute, or a whole day."""
    match = _ABSOLUTE.fullmatch(text.strip())
    if match:
        year, _, month, day, hour, minute = match.groups()
        try:
            start = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), tzinfo=now.tzinfo)
        except ValueError:
            pass  # a date that no calendar has is as invalid as one that is none
        else:
            length = timedelta(minutes=1) if hour else timedelta(days=1)
            return start, start + length - timedelta(microseconds=1)
    raise CqlError(
        f"The date '{text}' is invalid. Use 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd' or 'yyyy-MM-dd'."
    )


def moment_of(call: Call, now: datetime) -> datetime:
    """The moment that a function gives."""
    name = call.name.casefold()
    boundary = _BOUNDARY.fullmatch(name)
    if name != "now" and not boundary:
        raise CqlError(f"The function '{call.name}' gives no date; {FUNCTIONS} do.")
    if len(call.arguments) > 1:
        raise CqlError(f"The function '{call.name}' takes one increment at most.")
    increment = _INCREMENT.fullmatch(call.arguments[0].strip()) if call.arguments else None
    if call.arguments and not increment:
        raise CqlError(f"The increment '{call.arguments[0]}' of '{call.name}' does not read like -4w (y M w d h m).")
    amount = int(increment[1]) if increment else 0
    unit = increment[2] if increment else ""
    try:
        if not boundary:
            return _moved(now, amount, unit or "d")
        return _edge(boundary[2], now, boundary[1] == "end", amount, unit or _NATURAL_UNIT[boundary[2]])
    except (ValueError, OverflowError):
        raise CqlError(f"The increment of '{call.name}' leads beyond the calendar.") from None


def _edge(period: str, now: datetime, end: bool, amount: int, unit: str) -> datetime:
    # The end of February moved by a month is the end of March, not the 28th.
    base = _moved(now.replace(day=1), amount, unit) if period == "month" and unit in "yM" else now
    start = base.replace(hour=0, minute=0, second=0, microsecond=0)
    match period:
        case "day":
            following = start + timedelta(days=1)
        case "week":
            start -= timedelta(days=(start.weekday() - _SUNDAY) % 7)
            following = start + timedelta(days=7)
        case "month":
            start = start.replace(day=1)
            following = _moved(start, 1, "M")
        case _:
            start = start.replace(month=1, day=1)
            following = _moved(start, 1, "y")
    edge = following - timedelta(milliseconds=1) if end else start
    return edge if base is not now else _moved(edge, amount, unit)


def _moved(when: datetime, amount: int, unit: str) -> datetime:
    if unit not in "yM":
        return when + timedelta(seconds=amount * _SECONDS[unit])
    months = when.year * 12 + when.month - 1 + amount * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    return when.replace(year=year, month=month + 1, day=min(when.day, monthrange(year, month + 1)[1]))
