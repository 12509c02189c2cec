"""Dates as CQL writes them, and its functions of time.

Follows Atlassian's references "CQL fields" (the four formats) and "CQL functions" (increments like "-4w").
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from sandbox_kit.query_language.dates import NATURAL_UNIT, boundary, moved, read_date

from .errors import CqlError
from .syntax import Call

_INCREMENT: Final = re.compile(r"([-+]?\d{1,6})([yMwdhm]?)")
_BOUNDARY: Final = re.compile(r"(start|end)of(day|week|month|year)")
_SUNDAY: Final = 6

FUNCTIONS: Final = "now(), startOfDay(), endOfDay() and the same of Week, Month and Year"


def read_moment(text: str, now: datetime) -> tuple[datetime, datetime]:
    """The first and the last moment that a date means, in the time zone of `now`: a minute, or a whole day."""
    try:
        date = read_date(text.strip(), now)
    except ValueError:
        date = None  # a date that no calendar has is as invalid as one that is none
    if date:
        start, length = date
        return start, start + length - timedelta(microseconds=1)
    raise CqlError(
        f"The date '{text}' is invalid. Use 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd' or 'yyyy-MM-dd'."
    )


def moment_of(call: Call, now: datetime) -> datetime:
    """The moment that a function gives."""
    name = call.name.casefold()
    edge = _BOUNDARY.fullmatch(name)
    if name != "now" and not edge:
        raise CqlError(f"The function '{call.name}' gives no date; {FUNCTIONS} do.")
    if len(call.arguments) > 1:
        raise CqlError(f"The function '{call.name}' takes one increment at most.")
    increment = _INCREMENT.fullmatch(call.arguments[0].strip()) if call.arguments else None
    if call.arguments and not increment:
        raise CqlError(f"The increment '{call.arguments[0]}' of '{call.name}' does not read like -4w (y M w d h m).")
    amount = int(increment[1]) if increment else 0
    unit = increment[2] if increment else ""
    try:
        if not edge:
            return moved(now, amount, unit or "d")
        period = edge[2]
        unit = unit or NATURAL_UNIT[period]
        return boundary(period, now, amount, unit, end=edge[1] == "end", first_weekday=_SUNDAY)
    except (ValueError, OverflowError):
        raise CqlError(f"The increment of '{call.name}' leads beyond the calendar.") from None
