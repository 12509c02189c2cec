"""Whole results as files: CSV or JSON lines, only in the folder that the user allowed, written as the rows arrive."""

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import anyio
import anyio.to_thread

from connector_kit.allowed_folder import LONGEST_NAME, AllowedFolder, NewFile, is_plain_name
from connector_kit.errors import BadAnswer, InvalidInput, TimedOut, clean_text
from snowflake_mcp.client.sources import folder_of
from snowflake_mcp.csv_text import csv_cell, csv_line
from snowflake_mcp.models import Column
from snowflake_mcp.values import Json, cell

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from snowflake_mcp.client.engine import Stream
    from snowflake_mcp.settings import SnowflakeSettings

Form = Literal["csv", "jsonl"]

LARGEST: Final = 1_000_000_000
"""Bytes of a file."""

_FORMS: Final[dict[str, Form]] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_FORMULA: Final = re.compile(r"[=@\t\r]|[+-](?!\d*\.?\d+$)")


@dataclass(frozen=True, slots=True)
class Target:
    """A file that is not there yet."""

    folder: AllowedFolder
    name: str
    form: Form

    @property
    def path(self) -> Path:
        """Where it will be."""
        return self.folder.path / self.name


@dataclass(frozen=True, slots=True)
class Export:
    """A file that was written: how many rows, how many bytes, and in `notes` what to know about them."""

    query_id: str
    path: str
    columns: tuple[Column, ...]
    rows: int
    bytes: int
    notes: tuple[str, ...] = ()


def target(settings: "SnowflakeSettings", name: str) -> Target:
    """The new file of this name; its ending says the form.

    Raises NotConfigured without a folder, InvalidInput naming `file` for what is no plain name, Conflict for a name
    that is taken: nothing is ever overwritten.
    """
    folder = folder_of(settings, "Nothing was exported")
    name = name.strip()
    ending = Path(name).suffix.lower()
    why = ""
    if "/" in name or "\\" in name:
        why = f"is a path: give a name alone, the file goes to the folder of {folder.variable}"
    elif not is_plain_name(name):
        why = f"is no name for a file: use letters, digits, - and _, at most {LONGEST_NAME} bytes"
    elif ending not in _FORMS:
        why = f"must end in .csv, or in .jsonl for JSON lines, not {clean_text(ending, 20) or 'in nothing'}"
    if why:
        raise InvalidInput("Nothing was exported.", fields={"file": why})
    folder.require_free(name, field="file")
    return Target(folder, name, _FORMS[ending])


async def export(stream: "AbstractAsyncContextManager[Stream]", to: Target, *, limit: int, seconds: float) -> Export:
    """Write the rows of a result, `limit` at most, for as long as `seconds` allow; a part in memory at a time.

    The file gets its name when it is complete; after a failure nothing is left of it. One that ends early because of
    a limit says so in its notes.
    """
    with await anyio.to_thread.run_sync(partial(to.folder.create, to.name, field="file")) as new:
        sink = _Sink(new, to.form, limit)
        with anyio.move_on_after(seconds) as patience:
            async with stream as rows:
                sink.begin(rows)
                async for part in rows:
                    await anyio.to_thread.run_sync(sink.write, part)
                    if sink.full:
                        break
        done = sink.done(to, late=patience.cancelled_caught)
        await anyio.to_thread.run_sync(new.keep)
        return done


class _Sink:
    """Rows on their way into a file."""

    def __init__(self, file: NewFile, form: Form, limit: int) -> None:
        self._file = file
        self._form: Form = form
        self._limit = limit
        self._rows = 0
        self._bytes = 0
        self._formulas = 0
        self._names: list[str] = []
        self._stream: Stream | None = None

    @property
    def full(self) -> bool:
        """Whether a limit is reached."""
        return self._rows >= self._limit or self._bytes >= LARGEST

    def begin(self, stream: "Stream") -> None:
        """Take the columns of a result."""
        self._stream = stream
        self._names = _distinct([column.name for column in stream.columns])
        if self._form == "csv":
            self._put(csv_line([column.name for column in stream.columns]))

    def write(self, rows: Sequence[tuple[object, ...]]) -> None:
        """Write rows until a limit is reached. Blocks."""
        assert self._stream is not None  # `begin` comes first
        types = [column.type for column in self._stream.columns]
        texts = [place for place, type_ in enumerate(types) if type_ == "VARCHAR"]
        for row in rows[: self._limit - self._rows]:
            if self._form == "csv":
                self._formulas += sum(_FORMULA.match(str(row[place] or "")) is not None for place in texts)
                self._put(",".join(map(_csv, row, types)))
            else:
                self._put(_JSON.encode(dict(zip(self._names, map(_exact, row, types), strict=True))))
            self._rows += 1
            if self._bytes >= LARGEST:
                return

    def done(self, to: Target, *, late: bool) -> Export:
        """What was written. Raises TimedOut for nothing in time, BadAnswer for fewer rows than there are."""
        if self._stream is None:
            raise TimedOut(
                "Snowflake did not begin to send the rows in time; nothing was written.",
                next_step="Run the query first, then export it by its query id.",
            )
        total = self._stream.total
        rest = total is None or self._rows < total
        notes: list[str] = []
        if rest and (late or self.full):
            why = "the time of a call" if late else "limit" if self._rows >= self._limit else f"{LARGEST:,} bytes"
            of = "" if total is None else f" of {total:,}"
            notes.append(
                f"Incomplete: the first {self._rows:,} rows{of}, because of {why}. For the rest export parts of the "
                "query, like one month each, to files of their own."
            )
        elif total is not None and rest:
            raise BadAnswer(
                f"Snowflake sent {self._rows:,} rows of {total:,}; no file was written.", next_step="Try again."
            )
        if self._formulas:
            notes.append(
                f"{self._formulas:,} text cells begin with =, +, - or @. They are written as they are: a spreadsheet "
                "takes them for formulas unless these columns are imported as text."
            )
        columns = self._stream.columns
        if self._form == "jsonl" and self._names != [column.name for column in columns]:
            notes.append("Columns of the same name have a number behind it: _2, _3.")
        return Export(self._stream.query_id, str(to.path), columns, self._rows, self._bytes, tuple(notes))

    def _put(self, line: str) -> None:
        self._bytes += self._file.write(f"{line}\n".encode("utf-8", "replace"))


def _csv(value: object, type_: str) -> str:
    """A cell of CSV with nothing left out. The kinds that most cells have come first: there are millions of them."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal() if value.is_finite():
            return f"{value:f}"
        case str() if type_ == "VARCHAR":
            return csv_cell(value)
        case _:
            return csv_cell(_exact(value, type_))


def _exact(value: object, type_: str) -> Json:
    """A cell with nothing left out."""
    if isinstance(value, (bytes, bytearray)):
        return value.hex().upper()
    return cell(value, type_, limit=sys.maxsize)


def _distinct(names: Sequence[str]) -> list[str]:
    """The names as keys of an object: one that occurs again gets a number."""
    found: list[str] = []
    for name in names:
        number, candidate = 1, name
        while candidate in found:
            number += 1
            candidate = f"{name}_{number}"
        found.append(candidate)
    return found
