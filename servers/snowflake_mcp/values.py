"""Cells of a result, exact and short: what the connector gives, as JSON that says the same.

Types as in https://docs.snowflake.com/en/sql-reference/intro-summary-data-types; their codes as in
https://docs.snowflake.com/en/developer-guide/python-connector/python-connector-api#type-codes.
"""

import datetime
import json
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, cast

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

CELL_LIMIT: Final = 1_000
"""Characters of one cell."""
BINARY_SHOWN: Final = 16
"""Bytes of a binary value that are shown."""
_EXACT: Final = 2**53
"""From here on a JSON number is not exact for every reader."""
_DEPTH: Final = 50

_TYPES: Final = (
    "FIXED",
    "REAL",
    "TEXT",
    "DATE",
    "TIMESTAMP",
    "VARIANT",
    "TIMESTAMP_LTZ",
    "TIMESTAMP_TZ",
    "TIMESTAMP_NTZ",
    "OBJECT",
    "ARRAY",
    "BINARY",
    "TIME",
    "BOOLEAN",
    "GEOGRAPHY",
    "GEOMETRY",
    "VECTOR",
    "MAP",
    "FILE",
    "INTERVAL_YEAR_MONTH",
    "INTERVAL_DAY_TIME",
)
_SHOWN: Final = {"REAL": "FLOAT", "TEXT": "VARCHAR"}
_SEMI_STRUCTURED: Final = frozenset({"VARIANT", "OBJECT", "ARRAY", "GEOGRAPHY", "GEOMETRY", "VECTOR", "MAP", "FILE"})


def type_name(code: int, precision: int | None = None, scale: int | None = None) -> str:
    """The name of a column's type by the connector's code: NUMBER(10,2), VARCHAR, TIMESTAMP_NTZ; else TYPE 99."""
    if not 0 <= code < len(_TYPES):
        return f"TYPE {code}"
    name = _TYPES[code]
    if name == "FIXED":
        return "NUMBER" if precision is None else f"NUMBER({precision},{scale or 0})"
    return _SHOWN.get(name, name)


def cell(value: object, type_name: str = "", *, limit: int = CELL_LIMIT) -> Json:
    """One value of a result as JSON that loses nothing, or that says what is left out.

    Decimals are text with all their digits, as are whole numbers beyond 2^53; dates and times are ISO 8601, with the
    offset where the value has one; infinities and NaN are text. Text of a semi-structured column (`type_name`
    VARIANT, OBJECT, ARRAY, …) is parsed. Binary is hexadecimal, its first bytes. What takes more than `limit`
    characters becomes text that is cut and says how long the whole is.
    """
    if isinstance(value, str) and type_name in _SEMI_STRUCTURED:
        return _within(_parsed(value), limit)
    return _within(_plain(value, _DEPTH), limit)


def text_of(value: Json) -> str:
    """A cell as text for a table or a CSV file: "" for NULL, JSON without blanks for what is nested."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _plain(value: object, depth: int) -> Json:
    match value:
        case None | bool() | str():
            return value
        case int():
            return value if abs(value) <= _EXACT else str(value)
        case float():
            return value if math.isfinite(value) else _not_finite(value)
        case Decimal():
            return f"{value:f}" if value.is_finite() else _not_finite(float(value))
        case datetime.datetime() | datetime.date() | datetime.time():
            return _iso(value)
        case bytes() | bytearray():
            return _hexadecimal(bytes(value))
        case Mapping() if depth:
            items = cast("Mapping[object, object]", value).items()
            return {str(key): _plain(item, depth - 1) for key, item in items}
        case list() | tuple() if depth:
            return [_plain(item, depth - 1) for item in cast("Sequence[object]", value)]
        case _:
            return str(value)


def _not_finite(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _iso(value: datetime.datetime | datetime.date | datetime.time) -> str:
    text = value.isoformat()
    head, point, rest = text.partition(".")
    if point:
        digits = rest[:6].rstrip("0")
        text = f"{head}.{digits}{rest[6:]}"
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text


def _hexadecimal(value: bytes) -> str:
    shown = value[:BINARY_SHOWN].hex().upper()
    return shown if len(value) <= BINARY_SHOWN else f"{shown}… ({len(value):,} bytes)"


def _parsed(text: str) -> Json:
    """The JSON of a semi-structured value; the text itself where it is none, like an array with `undefined`."""
    try:
        value: object = json.loads(text, parse_float=_number, parse_int=_whole, parse_constant=str)
    except (ValueError, RecursionError):
        return text
    return _plain(value, _DEPTH)


def _number(digits: str) -> float | str:
    """A number where it is exact as one, else its digits."""
    value = float(digits)
    return value if math.isfinite(value) and Decimal(repr(value)) == Decimal(digits) else digits


def _whole(digits: str) -> int | str:
    # Python refuses to convert very long numbers; they are text anyway.
    return int(digits) if len(digits) < 20 else digits


def _within(value: Json, limit: int) -> Json:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = text_of(value)
    if len(text) <= limit:
        return value
    return f"{text[:limit]}… ({len(text):,} characters)"
