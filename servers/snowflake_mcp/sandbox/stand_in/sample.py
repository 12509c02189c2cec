"""The sample data as they are handed over: a file of JSON in the folder of the data.

Nothing is imported, so that what reads it can be checked without the emulator.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

FILE = "sample.json"

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table: columns are name, type and comment; a row has a value for each."""

    name: str
    comment: str
    columns: list[tuple[str, str, str]]
    rows: list[list[Value]]


@dataclass(frozen=True, slots=True)
class Events:
    """The generated events: how many, and what they are placed by.

    A period is until when it lasts, the phase under way, and how many of the agents were there; the first begins at
    `began`.
    """

    count: int
    began: str
    periods: list[tuple[str, int, int]]
    agents: list[str]

    @property
    def seconds(self) -> int:
        """From the beginning to the end."""
        begin, end = datetime.fromisoformat(self.began), datetime.fromisoformat(self.periods[-1][0])
        return int((end - begin).total_seconds())


@dataclass(frozen=True, slots=True)
class Sample:
    """The sample: a database with one schema that has the tables."""

    database: str
    schema: str
    tables: list[Table]
    events: Events


def digest(folder: Path) -> str:
    """What tells one sample from another."""
    return hashlib.sha256((folder / FILE).read_bytes()).hexdigest()


def read(folder: Path) -> Sample:
    """The sample that was handed over in a folder.

    Raises:
        OSError: there is none.
    """
    told: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))
    tables = [Table(**table) for table in told["tables"]]
    return Sample(told["database"], told["schema"], tables, Events(**told["events"]))


def literal(value: Value) -> str:
    """A value as SQL has it."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)
