"""SHOW statements, and how their rows are read.

Every name in them is an identifier of the guard's, and a pattern holds nothing but letters, digits and wildcards:
what else a caller asked for is looked after in the rows. Columns as in
https://docs.snowflake.com/en/sql-reference/sql/show; one that is missing reads as empty.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

Record = Mapping[str, object]
"""A row by the names of its columns in lower case."""

MOST: Final = 10_000
"""Rows that Snowflake shows at most."""
_NONE: Final[Record] = {}
_SAFE: Final = re.compile(r"[^A-Za-z0-9 $%_-]")


def show(what: str, scope: str = "", *, like: str = "") -> str:
    """`SHOW <what> LIKE '<like>' IN <scope>`; the pattern shows at least what `like` means, perhaps more."""
    pattern = _SAFE.sub("%", like)
    return f"SHOW {what}" + (f" LIKE '{pattern}'" if pattern else "") + (f" IN {scope}" if scope else "")


def part(text: str) -> str:
    """The pattern of what holds `text`, which may be a pattern itself: then it stays one."""
    return text if not text or "%" in text else f"%{text}%"


def matches(text: str, name: str) -> bool:
    """Whether a name has `text` in it or, with % in it, is as that pattern says (_ is any one character then)."""
    if "%" not in text:
        return text.casefold() in name.casefold()
    wild = {"%": ".*", "_": "."}
    pattern = "".join(wild.get(char) or re.escape(char) for char in text)
    return re.fullmatch(pattern, name, re.IGNORECASE | re.DOTALL) is not None


def text(record: Record, *names: str) -> str:
    """The first of some columns that is there and not empty, as text."""
    for name in names:
        value = record.get(name)
        if value is not None and value != "":
            return value.isoformat() if isinstance(value, datetime) else str(value)
    return ""


def number(record: Record, name: str) -> int | None:
    """A whole number; None where there is none, or a negative one that stands for unknown."""
    value = text(record, name)
    return int(value) if re.fullmatch(r"\d{1,30}", value) else None


def yes(record: Record, name: str) -> bool:
    """Whether a flag is set, however it is written."""
    return text(record, name).casefold() in ("y", "yes", "true", "on")


def named(records: Iterable[Record], name: str) -> Record:
    """The row of just this name; an empty one if there is none."""
    return next((record for record in records if text(record, "name") == name), _NONE)
