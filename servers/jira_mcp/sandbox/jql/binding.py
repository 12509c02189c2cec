"""From syntax to functions over issues: the checks that Jira makes, and the comparisons themselves.

Semantics follow Atlassian's references "JQL operators" and "JQL fields". As there, a negative restriction
(`!=`, `not in`, `!~`, NOT) never matches an issue whose field is EMPTY.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar

from sandbox_kit.query_language.conditions import And, Not

from .context import IssueView, JqlContext, Ref
from .errors import JqlError
from .fields import ORDERING, FieldCatalog, FieldDef, Operator
from .operands import Operands
from .reading import (
    DATE_KINDS,
    NUMERIC_KINDS,
    WHOLE_TEXT_KINDS,
    Rank,
    Read,
    SortValue,
    rank,
    read_dates,
    read_numbers,
    read_refs,
    read_texts,
    sort_value,
)
from .syntax import Clause, Condition, SortKey

T = TypeVar("T")
C = TypeVar("C", float, date, Rank)
IssueT = TypeVar("IssueT", bound=IssueView)

Predicate = Callable[[IssueView], bool]

_NEGATIVE: Final[frozenset[Operator]] = frozenset({"!=", "not in", "is not", "!~"})
_COMPARISONS: Final[dict[Operator, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Sorter:
    """One key of ORDER BY."""

    key: Callable[[IssueView], tuple[bool, SortValue]]
    descending: bool


class Binder:
    """Binds a query to a site; `messages` collects what is wrong with its clauses and sort keys."""

    def __init__(self, catalog: FieldCatalog, context: JqlContext) -> None:
        self._catalog = catalog
        self._context = context
        self.messages: list[str] = []

    def predicate(self, condition: Condition, *, negative: bool = False) -> Predicate:
        """The condition, or with `negative` its opposite, as a function.

        NOT is pushed down to the clauses, as Jira does: `NOT a = b` is `a != b`.
        """
        match condition:
            case Clause():
                return self._clause(condition, negative)
            case Not(part):
                return self.predicate(part, negative=not negative)
            case _:
                predicates = [self.predicate(part, negative=negative) for part in condition.parts]
                return _all(predicates) if isinstance(condition, And) is not negative else _any(predicates)

    def sorter(self, key: SortKey) -> Sorter | None:
        """A key of ORDER BY as a function; None if it cannot be, which `messages` then says."""
        field = self._catalog.get(key.field)
        if not field or not field.sortable:
            self.messages.append(
                f"Field '{key.field}' does not support sorting."
                if field
                else f"Not able to sort using field '{key.field}'."
            )
            return None
        value_of = sort_value(field)

        def sort_key(issue: IssueView) -> tuple[bool, SortValue]:
            value = value_of(issue)
            return (True, 0.0) if value is None else (False, value)

        return Sorter(sort_key, field.descending if key.descending is None else key.descending)

    def _clause(self, clause: Clause, negative: bool) -> Predicate:
        field = self._catalog.get(clause.field)
        try:
            if not field:
                raise JqlError(f"Field '{clause.field}' does not exist or you do not have permission to view it.")
            operands = Operands(field, clause, self._context)
            return _clause_predicate(field, clause.operator, operands, negative)
        except JqlError as error:
            self.messages += error.messages
            return _never


def _clause_predicate(field: FieldDef, sign: Operator, operands: Operands, negative: bool) -> Predicate:
    opposite = negative is not (sign in _NEGATIVE)
    kind = field.kind
    if kind == "text":
        tests = operands.text_tests()
        return _restriction(read_texts(field), lambda text: any(test(text) for test in tests), operands.empty, opposite)
    if kind in WHOLE_TEXT_KINDS:
        texts = operands.texts()
        return _restriction(read_texts(field), texts.__contains__, operands.empty, opposite)
    if kind in NUMERIC_KINDS:
        return _restriction(read_numbers(field), _comparison(sign, operands.numbers()), operands.empty, opposite)
    if kind in DATE_KINDS:
        return _restriction(read_dates(field), _comparison(sign, operands.dates()), operands.empty, opposite)
    refs = operands.refs()
    if sign in ORDERING:
        return _restriction(read_refs(field), _ranking(field, sign, refs), operands.empty, opposite)
    ids = frozenset(ref.id for ref in refs)
    return _restriction(read_refs(field), lambda ref: ref.id in ids, operands.empty, opposite)


def _restriction(read: Read[T], test: Callable[[T], bool], empty: bool, negative: bool) -> Predicate:
    if negative:

        def excludes(issue: IssueView) -> bool:
            values = read(issue)
            return bool(values) and not any(map(test, values))

        return excludes

    def includes(issue: IssueView) -> bool:
        values = read(issue)
        return any(map(test, values)) if values else empty

    return includes


def _comparison(sign: Operator, wanted: Iterable[C]) -> Callable[[C], bool]:
    compare = _COMPARISONS.get(sign)
    if not compare:
        return frozenset(wanted).__contains__
    (limit,) = wanted
    return lambda value: compare(value, limit)


def _ranking(field: FieldDef, sign: Operator, refs: Iterable[Ref]) -> Callable[[Ref], bool]:
    compare = _COMPARISONS[sign]
    limits = [rank(ref, field.kind) for ref in refs]

    def test(ref: Ref) -> bool:
        position = rank(ref, field.kind)
        # Keys of different projects have no order between them.
        return any(compare(position, limit) and (field.kind != "issue" or position[0] == limit[0]) for limit in limits)

    return test


def _all(predicates: list[Predicate]) -> Predicate:
    def test(issue: IssueView) -> bool:
        for predicate in predicates:  # noqa: SIM110 # half the stack frames and time of all() over a generator
            if not predicate(issue):
                return False
        return True

    return test


def _any(predicates: list[Predicate]) -> Predicate:
    def test(issue: IssueView) -> bool:
        for predicate in predicates:  # noqa: SIM110 # as above
            if predicate(issue):
                return True
        return False

    return test


def _never(_issue: IssueView) -> bool:
    return False
