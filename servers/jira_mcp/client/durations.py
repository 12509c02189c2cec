"""Durations as people write them: "1h 30m", "1.5h", "90 min", "1:30", "2d"."""

import re
from datetime import UTC, date, datetime, time

from connector_kit.errors import InvalidInput, clean_text

_UNITS = "w(?:eeks?|ks?)?|d(?:ays?)?|h(?:ours?|rs?)?|m(?:inutes?|ins?)?"
_PART = re.compile(rf"(\d+(?:[.,]\d+)?|[.,]\d+)\s*({_UNITS})(?![a-z])", re.IGNORECASE | re.ASCII)
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?:\s*h)?", re.IGNORECASE | re.ASCII)
_MINUTES_LEFT = re.compile(r"(\d+)\s*h\s*([0-5]?\d)", re.IGNORECASE | re.ASCII)
_SECONDS = {"h": 3600, "m": 60}
_LONGEST = 10 * 366 * 86_400
_MOST = 100_000
_FORM = 'a duration like "1h 30m", "45m" or "2d"'
_LEAVE = frozenset({"keep", "leave", "unchanged"})


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
    if not any(amount for amount, _ in parts):
        raise InvalidInput("The time spent is out of range.", fields={field: "at least 60 seconds"})
    return {"timeSpent": _words(parts)}


def words(value: object, field: str) -> str:
    """A duration in Jira's words; a number is seconds. Raises InvalidInput."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return f"{value // 60}m"
    if isinstance(value, str):
        return _words(_parts(value, field))
    raise InvalidInput("That is not a duration.", fields={field: f"should be {_FORM}"})


def adjustment(remaining: str, field: str, *, less: str = "", more: str = "") -> dict[str, str]:
    """What becomes of the remaining estimate, as parameters of a worklog's operation.

    Empty: Jira adjusts it by the time logged. "keep": it stays. "4h": it is that. "-2h" takes two hours off it and
    "+2h" adds them, each where the operation has a parameter for it: `less`, `more`.
    """
    text = remaining.strip()
    if not text or text.casefold() == "auto":
        return {}
    if text.casefold() in _LEAVE:
        return {"adjust_estimate": "leave"}
    sign = text[0].replace("\N{MINUS SIGN}", "-")
    if sign not in "+-":
        return {"adjust_estimate": "new", "new_estimate": words(text, field)}
    name = {"-": less, "+": more}[sign]
    if not name:
        other = ' "-2h",' if less else ' "+2h",' if more else ""
        raise InvalidInput(
            f"{clean_text(text, 40)!r} cannot be said here.", fields={field: f'is "keep",{other} or the new estimate'}
        )
    return {"adjust_estimate": "manual", name: words(text[1:], field)}


def _parts(text: str, field: str) -> list[tuple[float, str]]:
    text = text.strip()[:100]
    if clock := _CLOCK.fullmatch(text) or _MINUTES_LEFT.fullmatch(text):
        return [(float(clock.group(1)), "h"), (float(clock.group(2)), "m")]
    found = [(amount, unit[0].lower()) for amount, unit in _PART.findall(text)]
    rest = re.sub(r"\band\b", "", _PART.sub(" ", text), flags=re.IGNORECASE).replace(",", "").strip()
    thousands = any(re.search(r",\d{3}$", amount) for amount, _ in found)
    units = [unit for _, unit in found]
    if not found or rest or thousands or len(set(units)) < len(units):
        raise InvalidInput(f"{clean_text(text, 40)!r} is not a duration.", fields={field: f"should be {_FORM}"})
    parts = [(float(amount.replace(",", ".")), unit) for amount, unit in found]
    if any(amount > _MOST for amount, _ in parts):
        raise InvalidInput(f"{clean_text(text, 40)!r} is out of range.", fields={field: f"should be {_FORM}"})
    return parts


def _words(parts: list[tuple[float, str]]) -> str:
    return " ".join(f"{f'{amount:.6f}'.rstrip('0').rstrip('.')}{unit}" for amount, unit in parts)


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
