"""Saved filters inside a query: `filter = "My open work"` stands for what that filter restricts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from sandbox_kit.query_language.conditions import And, Not, Or

from .errors import JqlError
from .query import Query, parse
from .syntax import Clause, Condition, Listing, Operand, Value

NAMES: Final = frozenset({"filter", "request", "savedfilter", "searchrequest"})
_DEEPEST: Final = 10

Lookup = Callable[[str], str | None]
"""The JQL of the filter with this id or name that the asking user may see, or None."""


def with_filters(query: Query, lookup: Lookup) -> Query:
    """The query with saved filters put in; JqlError where one is not there, or refers to itself."""
    return Query(_condition(query.where, lookup, 0), query.order_by) if query.where else query


def _condition(condition: Condition, lookup: Lookup, depth: int) -> Condition:
    match condition:
        case Clause():
            return _clause(condition, lookup, depth) if condition.field.casefold() in NAMES else condition
        case Not(part):
            return Not(_condition(part, lookup, depth))
        case And(parts):
            return And(tuple(_condition(part, lookup, depth) for part in parts))
        case Or(parts):
            return Or(tuple(_condition(part, lookup, depth) for part in parts))


def _clause(clause: Clause, lookup: Lookup, depth: int) -> Condition:
    if clause.operator not in ("=", "!=", "in", "not in"):
        raise JqlError(f"The operator '{clause.operator}' is not supported by the '{clause.field}' field.")
    if depth >= _DEEPEST:
        raise JqlError(f"Field '{clause.field}' with value '{clause.operand}' refers to itself.")
    parts: list[Condition] = []
    for value in _values(clause.operand, clause.field):
        text = lookup(value.text)
        if text is None:
            raise JqlError(f"The value '{value.text}' does not exist for the field '{clause.field}'.")
        where = parse(text).where
        parts.append(_condition(where, lookup, depth + 1) if where else And(()))
    found = parts[0] if len(parts) == 1 else Or(tuple(parts))
    return found if clause.operator in ("=", "in") else Not(found)


def _values(operand: Operand, field: str) -> Iterator[Value]:
    if isinstance(operand, Listing):
        for item in operand.items:
            yield from _values(item, field)
    elif isinstance(operand, Value):
        yield operand
    else:
        raise JqlError(f"The field '{field}' does not support searching for EMPTY values.")
