"""Spans of time as people say them, in the timestamps that Slack compares.

A ts is a text of seconds since 1970 with six decimals; a float would lose the last of them.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from connector_kit import windows
from connector_kit.errors import InvalidInput
from slack_mcp.text.ids import is_ts

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def parse_window(text: str, *, now: datetime, tz: tzinfo | None) -> tuple[str, str]:
    """A span of time as (oldest, latest), two Slack timestamps that are both within it; "" where it is open.

    The forms are those of `connector_kit.windows`, and a ts for a moment. Ask Slack with `inclusive`, for both ends
    belong to the span. Raises InvalidInput, naming the accepted forms, also for a span that ends before it begins.
    """
    window = windows.parse_window(text, now=now, tz=tz, moment=_moment)
    try:
        first, last = (ts_of(moment) if moment else "" for moment in window)
    except InvalidInput as error:
        raise InvalidInput(error.message, fields={"window": windows.FORMS}) from error
    return first, last


def _moment(said: str) -> datetime | None:
    if not is_ts(said):
        return None
    try:
        return time_of(said)
    except InvalidInput as error:
        raise ValueError(said) from error


def is_after(one: str, other: str) -> bool:
    """Whether one ts is later than another; never when either is empty."""
    return bool(one and other) and _parts(one) > _parts(other)


def ts_of(moment: datetime) -> str:
    """A time that knows its zone as a ts, to the microsecond. Raises InvalidInput for a time before 1970."""
    passed = moment - _EPOCH
    if passed < timedelta():
        raise InvalidInput("Slack has no messages from before 1970.")
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
