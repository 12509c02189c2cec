"""Spans of time as people say them, in the timestamps that Slack compares.

A ts is a text of seconds since 1970 with six decimals; a float would lose the last of them.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

from connector_kit.errors import InvalidInput
from slack_mcp.text.ids import is_ts

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ONE: Final = timedelta(microseconds=1)
_FORMS: Final = (
    "2d, 36h, 90m or 2w back; today or yesterday; 2026-01-31; 2026-01-31T09:00 (local, or with Z or +01:00); "
    "or two of these as FROM..TO, one of them left out or not"
)
_UNITS: Final = {
    "m": "minutes", "min": "minutes", "mins": "minutes", "minute": "minutes", "minutes": "minutes",
    "h": "hours", "hr": "hours", "hrs": "hours", "hour": "hours", "hours": "hours",
    "d": "days", "day": "days", "days": "days",
    "w": "weeks", "week": "weeks", "weeks": "weeks",
}  # fmt: skip
_LONGEST: Final = timedelta(days=36_525)


def parse_window(text: str, *, now: datetime, tz: tzinfo | None) -> tuple[str, str]:
    """A span of time as (oldest, latest), two Slack timestamps that are both within it.

    "2d" and "today" reach up to now, a single time from then on: their latest is "". A date is that whole day in
    `tz`; so is a range's end that is a date. `now` knows its zone; a `tz` of None is the zone of this machine, whose
    offset is another one in summer. Ask Slack with `inclusive`, for both ends belong
    to the span. Raises InvalidInput, naming the accepted forms, also for a span that ends before it begins.
    """
    said = text.strip()
    if ".." in said:
        first, _, last = said.partition("..")
        last = last.lstrip(".")
        if not first.strip() and not last.strip():
            raise _refused(text)
        oldest = _point(first, text, now, tz)[0] if first.strip() else ""
        latest = _point(last, text, now, tz)[1] if last.strip() else ""
        if is_after(oldest, latest):
            raise InvalidInput(f'The window "{text[:80]}" ends before it begins.', fields={"window": _FORMS})
        return oldest, latest
    oldest, latest = _point(said, text, now, tz)
    open_ended = said.lower() in ("today", "now") or not _is_span(said)
    return oldest, "" if open_ended else latest


def is_after(one: str, other: str) -> bool:
    """Whether one ts is later than another; never when either is empty."""
    return bool(one and other) and _parts(one) > _parts(other)


def ts_of(moment: datetime) -> str:
    """A time that knows its zone as a ts, to the microsecond. Raises InvalidInput for a time before 1970."""
    passed = moment - _EPOCH
    if passed < timedelta():
        raise InvalidInput("Slack has no messages from before 1970.", fields={"window": _FORMS})
    return f"{passed.days * 86_400 + passed.seconds}.{passed.microseconds:06}"


def time_of(ts: str, tz: tzinfo = UTC) -> datetime:
    """The time of a ts in a zone. Raises InvalidInput for what is no ts."""
    if not is_ts(ts):
        raise InvalidInput(f'"{ts[:80]}" is not a ts such as 1706745600.123456.')
    seconds, fraction = _parts(ts)
    try:
        return (_EPOCH + timedelta(seconds=seconds, microseconds=fraction)).astimezone(tz)
    except OverflowError as error:
        raise InvalidInput(f'"{ts}" is not a time of this calendar.') from error


def _parts(ts: str) -> tuple[int, int]:
    seconds, _, fraction = ts.partition(".")
    return int(seconds), int(fraction)


def _is_span(said: str) -> bool:
    """Whether a single point is a whole day, which has an end of its own."""
    return said.lower() == "yesterday" or re.fullmatch(r"\d{4}-\d\d-\d\d", said) is not None


def _point(part: str, whole: str, now: datetime, tz: tzinfo | None) -> tuple[str, str]:
    """The first and the last ts of a day, or twice the ts of a moment."""
    said = part.strip().lower()
    if is_ts(said):
        return said, said
    try:
        day = _day(said, now, tz)
        if day is not None:
            return ts_of(day(0)), ts_of(day(1) - _ONE)
        moment = ts_of(_moment(said, whole, now, tz))
    except (ValueError, OverflowError) as error:
        raise _refused(whole) from error
    return moment, moment


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
    back = re.fullmatch(r"(?:last\s+|past\s+)?(\d{1,6})\s*([a-z]+)(?:\s+ago)?", said, re.ASCII)
    if back and back[2] in _UNITS:
        span = timedelta(**{_UNITS[back[2]]: int(back[1])})
        if span > _LONGEST:
            raise _refused(whole)
        return now.astimezone(UTC) - span
    shape = r"(\d{4}-\d\d-\d\d)[t ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)\s*(z|utc|[+-]\d\d:?\d\d)?"
    found = re.fullmatch(shape, said, re.ASCII)
    if found is None:
        raise _refused(whole)
    zone = "+00:00" if found[3] in ("z", "utc") else found[3] or ""
    moment = datetime.fromisoformat(f"{found[1]}T{found[2]}{zone}")
    return (moment if moment.tzinfo else moment.replace(tzinfo=tz)).astimezone(UTC)


def _refused(text: str) -> InvalidInput:
    return InvalidInput(f'"{text.strip()[:80]}" is not a span of time.', fields={"window": _FORMS})
