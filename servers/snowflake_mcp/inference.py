"""Types of columns, found out from every value that a file has for them.

Types as in https://docs.snowflake.com/en/sql-reference/intro-summary-data-types. A type is only named when each value
can be kept in it exactly: codes with leading zeros, thousands separators and dates in any other order than
year-month-day stay text.
"""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from connector_kit.errors import InvalidInput, clean_text
from snowflake_mcp.tabular import MAX_COLUMNS, Cell, Digits, Nested, Record

Family = Literal["boolean", "switch", "number", "digits", "float", "date", "timestamp_ntz", "timestamp_tz", "time"]
"""What text can be read as. `digits` may begin with zeros or a plus, `switch` are yes, no, on, off, 1, 0 and so on,
`timestamp_ntz` may be a date alone."""

MAX_DIGITS: Final = 38
SAMPLE: Final = 3
"""Records that are kept to be shown."""
_SHOWN: Final = 60
_KEPT: Final = 200

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_DIGITS = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?[eE][+-]?[0-9]{1,3}|-?(?:inf|Infinity)|NaN|nan")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?"
_TIME = re.compile(_CLOCK)
_MOMENT = re.compile(
    rf"(?P<date>{_DATE.pattern})(?:[ T](?P<clock>{_CLOCK})(?: ?(?P<zone>[Zz]|[+-][0-9]{{2}}(?::?[0-9]{{2}})?))?)?"
)
_BOOLEANS: Final = frozenset({"true", "false"})
TRUE: Final = frozenset({"true", "t", "yes", "y", "on", "1"})
FALSE: Final = frozenset({"false", "f", "no", "n", "off", "0"})
"""Text that Snowflake takes for a boolean, in any case of letters."""

_NUMERIC: Final = frozenset[Family](("number", "digits", "float"))
_BIT: Final = _NUMERIC.union(frozenset[Family](("switch",)))
_OTHERS: Final = frozenset[Family](("boolean", "date", "timestamp_ntz", "timestamp_tz", "time"))
_ALL: Final = _BIT.union(_OTHERS)
_IN_ORDER: Final[tuple[Family, ...]] = ("date", "timestamp_ntz", "timestamp_tz", "time")


@dataclass(frozen=True, slots=True)
class Place:
    """A value and the line of the file that it stands at."""

    line: int
    value: str

    def __str__(self) -> str:
        return f"line {self.line:,} has {clean_text(self.value, _SHOWN)!r}"


@dataclass(slots=True)
class ColumnTypes:
    """What the values of one column have in common; `cells` says that its text is of a CSV file.

    `alive` are the families that all text can be read as, `cannot` names for each other the first value that rules
    it out. `values` are those that are not NULL, `nulls` those that are; `empties` are those of a CSV file without
    any character, which do not decide about the type. `whole` and `scale` are the most digits before and behind the
    point of its numbers, `longest` the most characters of its text. What begins with `first_` or ends with `_at` is
    a line.
    """

    name: str
    cells: bool = True
    values: int = 0
    empties: int = 0
    first_empty: int = 0
    nulls: int = 0
    first_null: int = 0
    whole: int = 0
    scale: int = 0
    longest: int = 0
    longest_at: int = 0
    kinds: set[Literal["text", "number", "boolean", "nested"]] = field(default_factory=set)
    alive: frozenset[Family] = _ALL
    cannot: dict[Family, Place] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """The type for a new column: NUMBER(38,2), FLOAT, BOOLEAN, DATE, TIME, TIMESTAMP_NTZ or _TZ, VARIANT, VARCHAR.

        Numbers get all 38 digits, which cost nothing, so that larger ones fit later. Nested values, and JSON values
        of more than one kind, are VARIANT; a column without any value is VARCHAR.
        """
        if self.values == self.empties:
            return "VARCHAR"
        if len(self.kinds) > 1 or "nested" in self.kinds:
            return "VARIANT"
        if "boolean" in self.kinds or (self.cells and "boolean" in self.alive):
            return "BOOLEAN"
        if self.cells or "number" in self.kinds:
            if "number" in self.alive:
                return f"NUMBER(38,{self.scale})" if self.whole + self.scale <= MAX_DIGITS else "VARCHAR"
            if "float" in self.alive:
                return "FLOAT"
        return next((family.upper() for family in _IN_ORDER if family in self.alive), "VARCHAR")

    @property
    def odd(self) -> Place | None:
        """Why a column is text that began as something else: the first value that is not what those before it were."""
        if self.type != "VARCHAR" or not self.cells or not self.cannot:
            return None
        last = max(self.cannot.values(), key=lambda place: place.line)
        return last if last.line > min(place.line for place in self.cannot.values()) else None

    def add(self, line: int, cell: Cell) -> None:
        """Take a value into account."""
        if cell is None:
            self.nulls += 1
            self.first_null = self.first_null or line
            return
        self.values += 1
        if isinstance(cell, bool):
            self.kinds.add("boolean")
            text = "true" if cell else "false"
        else:
            self.kinds.add("number" if isinstance(cell, Digits) else "nested" if isinstance(cell, Nested) else "text")
            text = cell
        if len(text) > self.longest:
            self.longest, self.longest_at = len(text), line
        if not text and self.cells:
            self.empties += 1
            self.first_empty = self.first_empty or line
        elif self.alive:
            self._narrow(line, text)

    def _narrow(self, line: int, text: str) -> None:
        fitting = families_of(text)
        if "digits" in fitting:
            whole, _, behind = text.lstrip("+-").partition(".")
            self.whole = max(self.whole, len(whole.lstrip("0")))
            self.scale = max(self.scale, len(behind))
        if not self.alive <= fitting:
            for family in self.alive - fitting:
                self.cannot[family] = Place(line, text[: 2 * _SHOWN])
            self.alive &= fitting


@dataclass(frozen=True, slots=True)
class Inference:
    """What a file holds: its columns in order, how many records, and the first of these, long cells cut."""

    columns: tuple[ColumnTypes, ...]
    records: int
    sample: tuple[Record, ...]


def infer(records: Iterable[Record], *, cells: bool) -> Inference:
    """Look at every record once, keeping none but the first few. `cells`: they are of a CSV file.

    A key that some records of a JSON lines file do not have is NULL there.

    Raises:
        InvalidInput: there is no record, there are too many columns, or what reading the records raises.
    """
    columns: dict[str, ColumnTypes] = {}
    sample: list[Record] = []
    count = first = 0
    for record in records:
        first = first or record.line
        for name, cell in record.cells.items():
            column = columns.get(name)
            if column is None:
                # The records before it did not have it.
                column = columns[name] = ColumnTypes(name, cells, nulls=count, first_null=first if count else 0)
            column.add(record.line, cell)
        if len(columns) > MAX_COLUMNS:
            raise InvalidInput(f"The file has more than {MAX_COLUMNS:,} columns by line {record.line:,}.")
        if len(record.cells) < len(columns):
            for name in columns.keys() - record.cells.keys():
                columns[name].add(record.line, None)
        count += 1
        if len(sample) < SAMPLE:
            sample.append(_shortened(record))
    if not count or not columns:
        raise InvalidInput("The file has no records.", next_step="Give a file with at least one.")
    return Inference(tuple(columns.values()), count, tuple(sample))


def _shortened(record: Record) -> Record:
    shown: dict[str, Cell] = {}
    for name, cell in record.cells.items():
        text = str(cell).lower() if isinstance(cell, bool) else cell
        shown[name] = None if text is None else text[:_KEPT]
    return Record(record.line, shown)


def families_of(text: str) -> frozenset[Family]:
    """All that a text can be read as."""
    if _NUMBER.fullmatch(text):
        return _BIT if text in ("0", "1") else _NUMERIC
    if _DIGITS.fullmatch(text):
        return frozenset(("digits",))
    if _FLOAT.fullmatch(text):
        return frozenset(("float",))
    if text[:5].strip("0123456789") == "-":
        return _families_of_moment(text)
    if _TIME.fullmatch(text):
        return frozenset(("time",))
    lower = text.lower() if len(text) <= 5 else ""
    if lower in _BOOLEANS:
        return frozenset(("boolean", "switch"))
    return frozenset(("switch",)) if lower in TRUE or lower in FALSE else frozenset()


def moment(text: str) -> tuple[str, str, str] | None:
    """Date, time with nine decimals and offset from UTC of ISO 8601 text, "" for what it leaves out; None for other."""
    found = _MOMENT.fullmatch(text)
    if not found or not _is_date(found["date"]):
        return None
    zone = found["zone"] or ""
    if zone in ("Z", "z"):
        zone = "+00:00"
    elif zone:
        zone = f"{zone[:3]}:{zone[3:].lstrip(':') or '00'}"
        if zone[1:] > "14:00" or zone[4:] > "59":
            return None
    return found["date"], clock(found["clock"]) if found["clock"] else "", zone


def clock(text: str) -> str:
    """A time of day with seconds and nine decimals."""
    seconds, _, behind = text.partition(".")
    return f"{seconds if len(seconds) > 5 else seconds + ':00'}.{behind:0<9}"


def _families_of_moment(text: str) -> frozenset[Family]:
    found = moment(text)
    if found is None:
        return frozenset()
    if found[2]:
        return frozenset(("timestamp_tz",))
    return frozenset(("timestamp_ntz",)) if found[1] else frozenset(("date", "timestamp_ntz"))


def _is_date(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True
