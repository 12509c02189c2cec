"""Durations as people write them."""

import re
from datetime import UTC, date, datetime, time

from connector_kit.errors import InvalidInput, clean_text

_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(w|d|h|m)[a-z]*", re.IGNORECASE)
_SECONDS = {"h": 3600, "m": 60}
_LONGEST = 10 * 366 * 86_400
_FORM = 'a duration like "1h 30m", "45m" or "2d"'


def spent(value: str | int, field: str) -> dict[str, object]:
    """Time that was worked, as a worklog wants it: seconds, or Jira's own words where they hold days or weeks.

    A number is seconds. How many hours a day or a week has is the site's decision, so these stay words.
    """
    if isinstance(value, int):
        if not 60 <= value <= _LONGEST:
            raise InvalidInput("The time spent is out of range.", fields={field: "at least 60 seconds"})
        return {"timeSpentSeconds": value}
    parts = _parts(value, field)
    if all(unit in _SECONDS for _, unit in parts):
        return spent(round(sum(amount * _SECONDS[unit] for amount, unit in parts)), field)
    return {"timeSpent": _words(parts)}


def words(value: object, field: str) -> str:
    """A duration in Jira's words; a number is seconds. Raises InvalidInput."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return f"{value // 60}m"
    if isinstance(value, str):
        return _words(_parts(value, field))
    raise InvalidInput("That is not a duration.", fields={field: f"should be {_FORM}"})


def _parts(text: str, field: str) -> list[tuple[float, str]]:
    parts = [(float(amount), unit.lower()) for amount, unit in _PART.findall(text[:100])]
    rest = _PART.sub("", text[:100]).replace(",", "").replace("and", "").strip()
    if not parts or rest:
        raise InvalidInput(f"{clean_text(text, 40)!r} is not a duration.", fields={field: f"should be {_FORM}"})
    return parts


def _words(parts: list[tuple[float, str]]) -> str:
    return " ".join(f"{amount:g}{unit}" for amount, unit in parts)


def moment(text: str, field: str) -> datetime:
    """A point in time; a date is taken as its noon. Without a zone in the text it has none. Raises InvalidInput."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(
            f"{clean_text(text, 40)!r} is not a moment.",
            fields={field: 'should be like "2026-01-31" or "2026-01-31T09:30+01:00"'},
        ) from None
    return datetime.combine(found.date(), time(12)) if len(text.strip()) == len("2026-01-31") else found


def stamp(moment: datetime) -> str:
    """A point in time as Jira reads it; one without a zone is taken as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}" + moment.strftime("%z")


def now() -> str:
    """The present moment as Jira reads it."""
    return stamp(datetime.now(UTC))


def day(value: object, field: str) -> str:
    """A date as Jira reads it: 2026-01-31. Raises InvalidInput."""
    try:
        return date.fromisoformat(str(value).strip()[:10]).isoformat()
    except ValueError:
        raise InvalidInput(
            f"{clean_text(str(value), 40)!r} is not a date.", fields={field: 'should be like "2026-01-31"'}
        ) from None
