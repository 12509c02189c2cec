"""Rows as they travel over Snowflake's wire in its JSON format: every cell text or null.

Dates are days since 1970, moments are seconds with a fraction, with a zone also its minutes from UTC plus 1440.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import cast

ColumnSpec = str | tuple[str, str]
"""A column by its name, which then holds text, or by name and type: ("AMOUNT", "NUMBER(10,2)")."""

_SHOWN = {"NUMBER": "FIXED", "INTEGER": "FIXED", "FLOAT": "REAL", "VARCHAR": "TEXT", "STRING": "TEXT"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rowtype(columns: Sequence[ColumnSpec]) -> list[dict[str, object]]:
    """How an answer describes its columns."""
    return [_described(*(column if isinstance(column, tuple) else (column, "TEXT"))) for column in columns]


def rowset(columns: Sequence[ColumnSpec], rows: Sequence[Sequence[object]]) -> list[list[str | None]]:
    """Values of Python as cells of the wire."""
    kinds = [str(entry["type"]) for entry in rowtype(columns)]
    return [[_cell(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in rows]


def bound(bindings: object) -> list[object]:
    """The values of a statement's `?` as they travelled, in order."""
    if not isinstance(bindings, dict):
        return []
    entries = cast("dict[str, dict[str, object]]", bindings)
    return [entries[number]["value"] for number in sorted(entries, key=int)]


def _described(name: str, kind: str) -> dict[str, object]:
    base, _, rest = kind.upper().rstrip(")").partition("(")
    base = _SHOWN.get(base, base)
    numbers = [int(number) for number in rest.split(",")] if rest else []
    entry: dict[str, object] = {
        "name": name,
        "type": base.lower(),
        "nullable": True,
        "precision": None,
        "scale": None,
        "length": None,
        "byteLength": None,
        "database": "",
        "schema": "",
        "table": "",
        "collation": None,
    }
    if base == "FIXED":
        entry |= {"precision": numbers[0] if numbers else 38, "scale": numbers[1] if len(numbers) > 1 else 0}
    elif base.startswith("TIME"):
        entry |= {"precision": 0, "scale": numbers[0] if numbers else 9}
    elif base in {"TEXT", "BINARY"}:
        length = numbers[0] if numbers else 16_777_216 if base == "TEXT" else 8_388_608
        entry |= {"length": length, "byteLength": length}
    return entry


def _cell(value: object, kind: str) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "1" if value else "0"
        case datetime():
            return _moment(value, kind)
        case date():
            return str((value - _EPOCH.date()).days)
        case time():
            seconds = value.hour * 3600 + value.minute * 60 + value.second
            return f"{seconds}.{value.microsecond * 1000:09d}"
        case bytes():
            return value.hex().upper()
        case Mapping() | list():
            return json.dumps(cast("object", value))
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)


def _moment(value: datetime, kind: str) -> str:
    passed = (value if value.tzinfo else value.replace(tzinfo=UTC)) - _EPOCH
    nanoseconds = (passed.days * 86_400 + passed.seconds) * 10**9 + passed.microseconds * 1000
    sign, digits = ("-" if nanoseconds < 0 else ""), abs(nanoseconds)
    text = f"{sign}{digits // 10**9}.{digits % 10**9:09d}"
    if kind != "timestamp_tz":
        return text
    offset = value.utcoffset()
    return f"{text} {1440 + (int(offset.total_seconds()) // 60 if offset else 0)}"
