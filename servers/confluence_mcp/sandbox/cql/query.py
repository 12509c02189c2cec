"""A query bound to fields, a user and a moment: which documents it finds, and in which order."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sandbox_kit.query_language.conditions import And, Not, Or

from .dates import moment_of, read_moment
from .document import Document
from .errors import CqlError
from .fields import CONTENT_FIELDS, TYPES, FieldCatalog, FieldDef
from .syntax import Call, Clause, Condition, Operator, SortKey, Value
from .words import Term, TextQuery, read_text_query

Predicate = Callable[[Document], bool]

_NEGATIVE: Final[frozenset[Operator]] = frozenset({"!=", "!~", "not in"})
_COMPARISONS: Final[dict[Operator, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_ID: Final = re.compile(r"(?:att|comment|c)?\d{1,19}", re.IGNORECASE)
_EVERYTHING: Final = ("title", "body", "labels")
_LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CqlContext:
    """Who asks (None: nobody signed in) and when, in the time zone of who asks."""

    now: datetime
    current_user: str | None = None
    favourite_spaces: tuple[str, ...] = ()
    """The keys that `favouriteSpaces()` gives."""
    recently_viewed: tuple[str, ...] = ()
    """The ids that `recentlyViewedContent()` gives, the latest first."""


@dataclass(frozen=True, slots=True)
class Search:
    """A query that is ready to run."""

    predicate: Predicate
    texts: tuple[tuple[TextQuery, tuple[str, ...]], ...]
    """What is searched by word, and in which texts."""
    order: tuple[tuple[FieldDef, bool], ...]
    types: frozenset[str]
    """The types that it names."""

    def select(self, documents: Iterable[Document]) -> list[tuple[Document, float]]:
        """What it finds, with its relevance: the most relevant first, else the latest, unless ORDER BY says more."""
        found = [(each, self._score(each)) for each in documents if self.predicate(each)]
        found.sort(key=lambda hit: (hit[1], hit[0].moments.get("lastmodified", _LONG_AGO), hit[0].id), reverse=True)
        for field, descending in reversed(self.order):
            found.sort(key=lambda hit, field=field: _sort_value(hit[0], field), reverse=descending)
        return found

    def terms(self) -> tuple[Term, ...]:
        """What of a text is highlighted."""
        return tuple(term for text, _ in self.texts for term in text.terms())

    def _score(self, document: Document) -> float:
        return round(sum(text.score(document.indexes(names)) for text, names in self.texts), 6)


def parse(text: str, context: CqlContext, fields: FieldCatalog = CONTENT_FIELDS) -> Search:
    """Read a query; CqlError where it follows no rule, or names what is not there."""
    # Loading lark costs more than answering most requests: only who searches pays for it.
    from .grammar import parse_syntax

    where, keys = parse_syntax(text)
    binder = _Binder(context, fields)
    try:
        if _begins_negative(where):
            raise CqlError("A negative expression cannot be the first clause.")
        predicate = binder.condition(where)
        order = tuple(binder.sort_field(key) for key in keys)
    except CqlError as error:
        raise CqlError(error.detail, text) from None
    return Search(predicate, tuple(binder.texts), order, frozenset(binder.types))


def _begins_negative(condition: Condition) -> bool:
    match condition:
        case Clause():
            return condition.operator in _NEGATIVE
        case Not():
            return True
        case _:
            return _begins_negative(condition.parts[0])


class _Binder:
    def __init__(self, context: CqlContext, fields: FieldCatalog) -> None:
        self._context = context
        self._fields = fields
        self._negated = False
        self.texts: list[tuple[TextQuery, tuple[str, ...]]] = []
        self.types: set[str] = set()

    def condition(self, condition: Condition) -> Predicate:
        match condition:
            case Clause():
                return self._clause(condition)
            case Not(part):
                self._negated = not self._negated
                test = self.condition(part)
                self._negated = not self._negated
                return lambda document: not test(document)
            case And(parts) | Or(parts):
                tests = [self.condition(part) for part in parts]
                combine = all if isinstance(condition, And) else any
                return lambda document: combine(test(document) for test in tests)

    def sort_field(self, key: SortKey) -> tuple[FieldDef, bool]:
        field = self._field(key.field)
        if not field.sortable:
            raise CqlError(f"Results cannot be ordered by '{key.field}'.")
        return field, key.descending

    def _field(self, name: str) -> FieldDef:
        field = self._fields.get(name)
        if not field:
            raise CqlError(f"There is no field '{name}'.")
        return field

    def _clause(self, clause: Clause) -> Predicate:
        field, sign = self._field(clause.field), clause.operator
        if sign not in field.operators:
            raise CqlError(f"The operator '{sign}' cannot be used with the field '{clause.field}'.")
        test = self._positive(field, clause)
        return (lambda document: not test(document)) if sign in _NEGATIVE else test

    def _positive(self, field: FieldDef, clause: Clause) -> Predicate:
        sign = clause.operator
        if field.kind == "date":
            return self._date(field, clause)
        if sign in ("~", "!~"):
            return self._text(field, clause)
        wanted = frozenset(each.casefold() for operand in clause.operands for each in self._values(field, operand))
        if field.kind == "type":
            self._check_types(wanted)
        if field.kind == "title":
            name = field.id
            return lambda document: document.texts.get(name, "").casefold() in wanted
        name = "user" if field.id.startswith("user.") else field.id
        return lambda document: not wanted.isdisjoint(document.values.get(name, ()))

    def _text(self, field: FieldDef, clause: Clause) -> Predicate:
        (operand,) = clause.operands
        if isinstance(operand, Call):
            raise CqlError(f"The field '{clause.field}' takes no function.")
        query = read_text_query(operand.text)
        names = _EVERYTHING if field.id in ("text", "siteSearch") else (field.id,)
        if clause.operator == "~" and not self._negated:
            self.texts.append((query, names))
        return lambda document: query.matches(document.indexes(names))

    def _date(self, field: FieldDef, clause: Clause) -> Predicate:
        (operand,) = clause.operands
        now = self._context.now
        if isinstance(operand, Call):
            first = last = moment_of(operand, now)
        else:
            first, last = read_moment(operand.text, now)
        name, sign = field.id, clause.operator
        compare = _COMPARISONS.get(sign)
        if not compare:
            return lambda document: first <= document.moments.get(name, _LONG_AGO) <= last
        # After a day is after its end, before it is before its start.
        limit = last if sign in (">", "<=") else first
        return lambda document: name in document.moments and compare(document.moments[name], limit)

    def _values(self, field: FieldDef, operand: Value | Call) -> tuple[str, ...]:
        if isinstance(operand, Value):
            if field.kind == "number" and not _ID.fullmatch(operand.text):
                raise CqlError(f"'{operand.text}' is no content id, which '{field.id}' needs.")
            text = operand.text
            return (text.strip('"'),) if field.kind == "title" else (text,)
        match operand.name.casefold(), field.kind, len(operand.arguments):
            case "currentuser", "user", 0:
                return (self._context.current_user,) if self._context.current_user else ()
            case "favouritespaces" | "favoritespaces", "word", 0 if field.id == "space":
                return self._context.favourite_spaces
            case "recentlyviewedcontent", "number", 0 | 1 | 2 if field.id == "id":
                return _slice(self._context.recently_viewed, operand)
            case _:
                raise CqlError(f"The function '{operand.name}' gives nothing for the field '{field.id}'.")

    def _check_types(self, wanted: frozenset[str]) -> None:
        for each in wanted:
            if each not in TYPES and not each.startswith("ac:"):
                raise CqlError(f"There is no type '{each}'.")
        self.types |= wanted


def _slice(items: tuple[str, ...], call: Call) -> tuple[str, ...]:
    try:
        limit, offset = (*map(int, call.arguments), *(10, 0)[len(call.arguments) :])
    except ValueError:
        raise CqlError(f"The arguments of '{call.name}' are numbers.") from None
    return items[max(offset, 0) : max(offset, 0) + max(limit, 0)]


def _sort_value(document: Document, field: FieldDef) -> Any:
    if field.kind == "date":
        return document.moments.get(field.id, _LONG_AGO)
    if field.id == "title":
        return document.title.casefold()
    return document.id if field.id == "id" else document.values.get(field.id, ())
