"""Spans of time as people say them: "2d", "today", "2026-01-31", "FROM..TO"."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple

from connector_kit.errors import InvalidInput

FORMS: Final = (
    "2d, 36h, 90m or 2w back; today or yesterday; 2026-01-31; 2026-01-31T09:00 (local, or with Z or +01:00); "
    "or two of these as FROM..TO, one of them left out or not"
)
"""What a caller whose text is no span is told."""

_ONE: Final = timedelta(microseconds=1)
_UNITS: Final = {
    "m": "minutes", "min": "minutes", "mins": "minutes", "minute": "minutes", "minutes": "minutes",
    "h": "hours", "hr": "hours", "hrs": "hours", "hour": "hours", "hours": "hours",
    "d": "days", "day": "days", "days": "days",
    "w": "weeks", "week": "weeks", "weeks": "weeks",
}  # fmt: skip
_LONGEST: Final = timedelta(days=36_525)


class Window(NamedTuple):
    """The first and the last moment of a span, in UTC and both within it; None where it is open."""

    first: datetime | None
    last: datetime | None


def no_moment(_: str) -> datetime | None:
    """The moments of a service that writes none in a way of its own."""
    return None


def parse_window(
    text: str, *, now: datetime, tz: tzinfo | None, moment: Callable[[str], datetime | None] = no_moment
) -> Window:
    """A span of time, exact to the microsecond.

    "2d" and "today" reach up to now, a single time from then on: their end is open. A date is that whole day in `tz`;
    so is a range's end that is a date. `now` knows its zone; a `tz` of None is the zone of this machine, whose offset
    is another one in summer. `moment` reads what only the service writes, like its own timestamps, and answers None
    for all else. Raises InvalidInput, naming the accepted forms, also for a span that ends before it begins.
    """
    said = text.strip()
    if ".." not in said:
        first, last = _point(said, text, now, tz, moment)
        return Window(first, last if _is_span(said) else None)
    start, _, end = said.partition("..")
    start, end = start.strip(), end.lstrip(".").strip()
    if not start and not end:
        raise refused(text)
    window = Window(
        _point(start, text, now, tz, moment)[0] if start else None,
        _point(end, text, now, tz, moment)[1] if end else None,
    )
    if window.first and window.last and window.first > window.last:
        raise InvalidInput(f'The window "{text[:80]}" ends before it begins.', fields={"window": FORMS})
    return window


def refused(text: str) -> InvalidInput:
    """What a caller is told whose text is no span of time."""
    return InvalidInput(f'"{text.strip()[:80]}" is not a span of time.', fields={"window": FORMS})


def _is_span(said: str) -> bool:
    """Whether a single point is a whole day, which has an end of its own."""
    return said.lower() == "yesterday" or re.fullmatch(r"\d{4}-\d\d-\d\d", said) is not None


def _point(
    part: str, whole: str, now: datetime, tz: tzinfo | None, moment: Callable[[str], datetime | None]
) -> tuple[datetime, datetime]:
    """The first and the last moment of a day, or twice the same moment."""
    said = part.strip().lower()
    try:
        day = _day(said, now, tz)
        if day is not None:
            return day(0), day(1) - _ONE
        at = moment(said) or _moment(said, whole, now, tz)
    except (ValueError, OverflowError) as error:
        raise refused(whole) from error
    return at, at


def _day(said: str, now: datetime, tz: tzinfo | None) -> Callable[[int], datetime] | None:
    """The midnights around a day, by the number of days after it; None for what is no day."""
    local = now.astimezone(tz).date()
    if said == "today":
        date = local
    elif said == "yesterday":
        date = local - timedelta(days=1)
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", said, re.ASCII):
        date = datetime.fromisoformat(said).date()
    else:
        return None
    return lambda days: datetime.combine(date + timedelta(days=days), time(), tz).astimezone(UTC)


def _moment(said: str, whole: str, now: datetime, tz: tzinfo | None) -> datetime:
    if said == "now":
        return now.astimezone(UTC)
    back = re.fullmatch(r"(?:last\s+|past\s+|-)?(\d{1,6})\s*([a-z]+)(?:\s+ago)?", said, re.ASCII)
    if back and back[2] in _UNITS:
        span = timedelta(**{_UNITS[back[2]]: int(back[1])})
        if span > _LONGEST:
            raise refused(whole)
        return now.astimezone(UTC) - span
    shape = r"(\d{4}-\d\d-\d\d)[t ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)\s*(z|utc|[+-]\d\d:?\d\d)?"
    found = re.fullmatch(shape, said, re.ASCII)
    if found is None:
        raise refused(whole)
    zone = "+00:00" if found[3] in ("z", "utc") else found[3] or ""
    at = datetime.fromisoformat(f"{found[1]}T{found[2]}{zone}")
    return (at if at.tzinfo else at.replace(tzinfo=tz)).astimezone(UTC)
