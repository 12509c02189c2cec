"""Numbers, days, words and the like as fields take them. What could be read in two ways is refused."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time

from connector_kit.errors import InvalidInput, clean_text

_LONGEST_LINE = 255
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_LARGEST = 1e14
"""Jira refuses numbers beyond a hundred trillion."""
_ADDRESS = re.compile(r"(?:https?|ftps?)://[^\s/?#]\S*|(?:mailto|tel):\S+", re.IGNORECASE)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TRUTH: Mapping[str, bool] = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
COLOURS = (
    "purple",
    "dark_purple",
    "blue",
    "dark_blue",
    "teal",
    "dark_teal",
    "green",
    "dark_green",
    "yellow",
    "dark_yellow",
    "orange",
    "dark_orange",
    "grey",
    "dark_grey",
)
"""The colours that Jira's timeline offers for an issue."""


def text(value: object) -> str:
    """A text; a number is taken as one. Raises InvalidInput."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:g}" if isinstance(value, float) else str(value)
    raise InvalidInput("takes a text.")


def line(value: object) -> str:
    """A text of one line, at most 255 characters. Raises InvalidInput."""
    given = text(value)
    if len(given) > _LONGEST_LINE:
        raise InvalidInput(f"takes at most {_LONGEST_LINE} characters, not {len(given):,}.")
    if "\n" in given.strip() or "\r" in given.strip():
        raise InvalidInput("takes a single line.")
    return given


def number(value: object) -> float | int:
    """A number, with a point before its decimals if it is a text. Raises InvalidInput."""
    if isinstance(value, bool):
        raise InvalidInput("takes a number, not true or false.")
    if isinstance(value, int | float):
        found: float | int = value
    else:
        given = value.strip() if isinstance(value, str) else ""
        if not _NUMBER.fullmatch(given):
            raise InvalidInput(f"takes a number, not {clean_text(str(value), 40)!r}.{_number_hint(given)}")
        found = float(given)
        if re.fullmatch(r"[+-]?\d{1,15}", given, re.ASCII) or found.is_integer():
            found = int(found)
    if not math.isfinite(found) or abs(found) > _LARGEST:
        raise InvalidInput("takes a number of at most 100 trillion.")
    return found


def _number_hint(given: str) -> str:
    """How a number that was written in a country's own way, or with its unit, is meant to be written."""
    if re.fullmatch(r"[+-]?\d+,\d+", given, re.ASCII):
        return f" A comma could stand for decimals or thousands: {given.replace(',', '.')} or {given.replace(',', '')}."
    if re.fullmatch(r"[+-]?\d[\d.,' \u00a0\u202f]*", given, re.ASCII):
        return " Leave out the marks for thousands; decimals stand after a point, like 1234.5."
    if found := re.match(r"[+-]?\d+(?:\.\d+)?(?=\s*[^\d\s.,])", given, re.ASCII):
        return f" Leave out the unit: {found[0]}."
    return ""


def day(value: object) -> str:
    """A date as Jira reads it: 2026-01-31. Raises InvalidInput."""
    given = value.strip() if isinstance(value, str) else str(value)
    try:
        if _ISO_DAY.fullmatch(given):
            return date.fromisoformat(given).isoformat()
        moment = datetime.fromisoformat(given) if _ISO_DAY.match(given) else None
    except ValueError:
        moment = None
    if moment is not None:
        if moment.time() == time():
            return moment.date().isoformat()
        raise InvalidInput("takes a date without a time, like 2026-01-31.")
    raise InvalidInput(f"{clean_text(given, 40)!r} is not a date: it should be like 2026-01-31.{_day_hint(given)}")


def _day_hint(given: str) -> str:
    if re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}", given, re.ASCII):
        return " Its day and month could be meant either way round."
    if re.search(r"[a-z]{3}", given, re.IGNORECASE):
        return " Work out the date first: words are not read."
    return ""


def moment(value: object) -> str:
    """A text that holds a date and a time, or a date alone. Raises InvalidInput."""
    given = value.strip() if isinstance(value, str) else str(value)
    try:
        if not _ISO_DAY.match(given):
            raise ValueError(given)
        datetime.fromisoformat(given)
    except ValueError:
        raise InvalidInput(
            f"{clean_text(given, 40)!r} is not a moment: it should be like 2026-01-31T09:30 or "
            f"2026-01-31T09:30+01:00.{_day_hint(given)}"
        ) from None
    return given


def address(value: object) -> str:
    """A link. Raises InvalidInput for one without its scheme, which Jira refuses."""
    given = text(value).strip()
    if not _ADDRESS.fullmatch(given):
        hint = f" Did you mean https://{given}?" if re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", given[:200]) else ""
        raise InvalidInput(f"takes an address that begins with https:// or http://.{hint}")
    return line(given)


def label(value: object) -> str:
    """A label, which is one word. Raises InvalidInput."""
    given = text(value).strip()
    if not given or any(char.isspace() for char in given):
        hint = ' A list is written ["…", "…"].' if "," in given else ""
        raise InvalidInput(f"{clean_text(given, 40)!r} is no label: a label has no spaces.{hint}")
    if len(given) > _LONGEST_LINE:
        raise InvalidInput(f"{clean_text(given, 20)!r} is no label: it has more than {_LONGEST_LINE} characters.")
    return given


def colour(value: object) -> str:
    """The name of a colour as Jira keeps it. Raises InvalidInput with the colours."""
    given = text(value).strip().casefold().replace(" ", "_").replace("-", "_").replace("gray", "grey")
    if given not in COLOURS:
        raise InvalidInput(f"takes one of {', '.join(COLOURS)}.")
    return given


def truth(value: object) -> bool:
    """True or false. Raises InvalidInput."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().casefold() in _TRUTH:
        return _TRUTH[value.strip().casefold()]
    raise InvalidInput("takes true or false.")


SCALARS: Mapping[str, Callable[[object], object]] = {
    "number": number,
    "date": day,
    "address": address,
    "label": label,
    "colour": colour,
    "truth": truth,
}
"""What makes a value of each form, apart from texts."""
