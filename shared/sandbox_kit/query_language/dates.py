"""Dates as Atlassian's query languages write them, and the start and end of periods.

Follows Atlassian's references "JQL fields", "JQL functions", "CQL fields" and "CQL functions".
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import datetime, timedelta
from typing import Final

SECONDS: Final = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60}
"""How long a unit is; months and years (M, y) differ in length."""
NATURAL_UNIT: Final = {"day": "d", "week": "w", "month": "M", "year": "y"}
"""The unit of an increment that has none, by period."""
_ABSOLUTE: Final = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:\s+(\d{1,2}):(\d{2}))?")


def read_date(text: str, now: datetime) -> tuple[datetime, timedelta] | None:
    """The first moment of `2026-01-31` or `2026/01/31 14:00` in the time zone of `now`, and how long it lasts.

    None for a text that is no date; ValueError for a date that no calendar has.
    """
    match = _ABSOLUTE.fullmatch(text)
    if not match:
        return None
    year, _, month, day, hour, minute = match.groups()
    start = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), tzinfo=now.tzinfo)
    return start, timedelta(minutes=1) if hour else timedelta(days=1)


def boundary(period: str, now: datetime, amount: int, unit: str, *, end: bool, first_weekday: int) -> datetime:
    """The start or end of the day, week, month or year around `now`, moved by so many units (those of `moved`).

    ValueError or OverflowError beyond the calendar.
    """
    # The end of February moved by a month is the end of March, not the 28th.
    if end and period == "month" and unit in "yM":
        return _edge(period, moved(now.replace(day=1), amount, unit), end, first_weekday)
    return moved(_edge(period, now, end, first_weekday), amount, unit)


def moved(when: datetime, amount: int, unit: str) -> datetime:
    """A moment moved by years, months, weeks, days, hours or minutes (y M w d h m).

    ValueError or OverflowError beyond the calendar.
    """
    if unit not in "yM":
        return when + timedelta(seconds=amount * SECONDS[unit])
    months = when.year * 12 + when.month - 1 + amount * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    return when.replace(year=year, month=month + 1, day=min(when.day, monthrange(year, month + 1)[1]))


def _edge(period: str, now: datetime, end: bool, first_weekday: int) -> datetime:
    start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    match period:
        case "day":
            following = start + timedelta(days=1)
        case "week":
            start -= timedelta(days=(start.weekday() - first_weekday) % 7)
            following = start + timedelta(days=7)
        case "month":
            start = start.replace(day=1)
            following = moved(start, 1, "M")
        case _:
            start = start.replace(month=1, day=1)
            following = moved(start, 1, "y")
    return following - timedelta(milliseconds=1) if end else start
