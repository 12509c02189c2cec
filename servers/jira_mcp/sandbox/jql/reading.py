"""What an issue holds in a field, as the flat values that restrictions and ORDER BY compare."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Final, TypeVar, cast

from .context import FieldValue, IssueView, Ref
from .fields import FieldDef, Kind

T = TypeVar("T")

Read = Callable[[IssueView], tuple[T, ...]]
Rank = tuple[str, float]
"""Where a value stands among others: by order, or by name, or by project and number."""
SortValue = Rank | str | float | date

NUMERIC_KINDS: Final[frozenset[Kind]] = frozenset({"number", "duration"})
DATE_KINDS: Final[frozenset[Kind]] = frozenset({"date", "datetime"})
WHOLE_TEXT_KINDS: Final[frozenset[Kind]] = frozenset({"string", "labels"})


def read_refs(field: FieldDef) -> Read[Ref]:
    """The Refs in a field."""
    return _reader(field, Ref)


def read_numbers(field: FieldDef) -> Read[float]:
    """The numbers in a field, or its seconds."""
    return cast("Read[float]", _reader(field, (int, float)))


def read_dates(field: FieldDef) -> Read[date]:
    """The dates or moments in a field."""
    return _reader(field, datetime if field.kind == "datetime" else date)


def read_texts(field: FieldDef) -> Read[str]:
    """The texts in a field and its sources, casefolded, without the blank ones."""
    readers = [_reader(field, str, source) for source in field.sources or (field.id,)]

    def read(issue: IssueView) -> tuple[str, ...]:
        return tuple(text.casefold() for reader in readers for text in reader(issue) if text)

    return read


def _reader(field: FieldDef, expected: type[T] | tuple[type[T], ...], source: str = "") -> Read[T]:
    name = source or field.id

    def read(issue: IssueView) -> tuple[T, ...]:
        value: FieldValue = issue.value(name)
        if value is None:
            return ()
        if isinstance(value, tuple):
            return cast("tuple[T, ...]", value)
        if isinstance(value, expected):
            return (value,)
        raise TypeError(f"The field {name} of kind {field.kind} holds a {type(value).__name__}.")

    return read


def rank(ref: Ref, kind: Kind) -> Rank:
    """Where a Ref stands: issues by project and number, others by their order, else by first name."""
    name = ref.names[0] if ref.names else ref.id
    if kind == "issue":
        project, _, number = name.rpartition("-")
        return project, float(number) if number.isdecimal() else 0.0
    return ("", ref.order) if ref.order is not None else (name.casefold(), 0.0)


def sort_value(field: FieldDef) -> Callable[[IssueView], SortValue | None]:
    """The value to order by; of several, the smallest. None: EMPTY."""
    kind = field.kind
    if kind in NUMERIC_KINDS:
        return _smallest(read_numbers(field))
    if kind in DATE_KINDS:
        return _smallest(read_dates(field))
    if kind in WHOLE_TEXT_KINDS or kind == "text":
        return _smallest(read_texts(field))
    read = read_refs(field)
    return lambda issue: min((rank(ref, kind) for ref in read(issue)), default=None)


S = TypeVar("S", str, float, date)


def _smallest(read: Read[S]) -> Callable[[IssueView], S | None]:
    return lambda issue: min(read(issue), default=None)
