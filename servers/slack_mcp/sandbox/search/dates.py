"""Days, months and years in queries, as the person who asks counts them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ISO = re.compile(r"(?P<year>\d{4})(?:[-/](?P<month>\d{1,2})(?:[-/](?P<day>\d{1,2}))?)?")
_AMERICAN = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})")


def span(text: str, now: float, zone: str) -> tuple[float, float] | None:
    """The first second of a day, week, month or year, and the first one after it; None when it is none of them."""
    place = ZoneInfo(zone)
    found = _dates(text.lower(), datetime.fromtimestamp(now, place).date())
    if found is None:
        return None
    begin, end = (datetime(each.year, each.month, each.day, tzinfo=place).timestamp() for each in found)
    return begin, end


def _dates(text: str, today: date) -> tuple[date, date] | None:
    if text in ("today", "yesterday"):
        first = today - timedelta(days=text == "yesterday")
        return first, first + timedelta(days=1)
    if text == "week":
        first = today - timedelta(days=today.weekday())
        return first, first + timedelta(days=7)
    if text == "month":
        return _month(today.year, today.month)
    if text == "year":
        return date(today.year, 1, 1), date(today.year + 1, 1, 1)
    if text in _DAYS:
        first = today - timedelta(days=(today.weekday() - _DAYS.index(text)) % 7 or 7)
        return first, first + timedelta(days=1)
    for number, name in enumerate(_MONTHS, 1):
        if text in (name, name[:3]):
            return _month(today.year - (number > today.month), number)
    return _numbers(text)


def _numbers(text: str) -> tuple[date, date] | None:
    found = _ISO.fullmatch(text) or _AMERICAN.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(found[name] or 0) for name in ("year", "month", "day"))
    try:
        if not month:
            return date(year, 1, 1), date(year + 1, 1, 1)
        if not day:
            return _month(year, month)
        first = date(year, month, day)
        return first, first + timedelta(days=1)
    except (ValueError, OverflowError):
        return None


def _month(year: int, month: int) -> tuple[date, date]:
    first = date(year, month, 1)
    return first, date(year + month // 12, month % 12 + 1, 1)
