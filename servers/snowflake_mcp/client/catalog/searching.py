"""Databases, schemas, tables, views and columns by words of their names and comments, across the account."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from connector_kit.errors import InvalidInput, NotAuthenticated, NotConfigured, ServiceError
from snowflake_mcp.client.catalog.kinds import SHADOWED
from snowflake_mcp.client.catalog.listing import table_kind
from snowflake_mcp.client.catalog.places import ACCOUNT, Place, allowed, place_of, shows
from snowflake_mcp.client.catalog.records import Found, FoundColumn, Search
from snowflake_mcp.client.catalog.show import MOST, Record, number, show, text
from snowflake_mcp.client.catalog.source import Source, first_of, gather, reason
from snowflake_mcp.guard import ObjectName, written

WORDS: Final = 6
SEARCH_SECONDS: Final = 25.0
COMMENTED: Final = 25
"""Databases whose comments of columns are read: it takes a query in each."""
_ROWS: Final = 500
_NAMED: Final = 5
_OWN: Final = "SNOWFLAKE"
"""Snowflake's own database: what is in it is seldom meant."""

_DATABASES, _SCHEMAS, _OBJECTS = "Databases", "Schemas", "Tables"
_COLUMNS, _COMMENTS = "Columns", "Comments of columns"
_ORDER: Final = (_DATABASES, _SCHEMAS, _OBJECTS, _COLUMNS, _COMMENTS)


@dataclass(frozen=True, slots=True)
class _Part:
    """One statement of a search: what it looks for, where, by which word."""

    what: str
    place: Place
    word: str = ""


@dataclass(slots=True)
class _Candidate:
    """An object, and by what each word was found: the greater, the better."""

    kind: str
    name: ObjectName
    comment: str = ""
    rows: int | None = None
    columns: dict[str, str] = field(default_factory=dict[str, str])
    scores: dict[str, int] = field(default_factory=dict[str, int])

    def credit(self, word: str, score: int) -> None:
        if score > self.scores.get(word, 0):
            self.scores[word] = score


async def searched(source: Source, query: str, within: str = "", *, limit: int = 30) -> Search:
    """What has words of `query` in its name or comment; those with more of them come first.

    Comments of columns need a warehouse; names do not. Raises InvalidInput, NotPermitted, and what Snowflake refuses
    where nothing at all could be read.
    """
    words = words_of(query)
    place = place_of(within) or ACCOUNT
    places = allowed(place, source.reader.databases)
    parts = [
        _Part(what, each) for each in places for what in (_OBJECTS, _SCHEMAS) if what != _SCHEMAS or not each.schema
    ]
    parts += [_Part(_COLUMNS, each, word) for each in places for word in words]
    if place is ACCOUNT:
        parts.insert(0, _Part(_DATABASES, ACCOUNT))
    elif place.schema is None:
        parts.insert(0, _Part(_DATABASES, place))
    found, failed = await gather(parts, lambda part: _asked(source, part), seconds=SEARCH_SECONDS)
    if not found:
        raise first_of(failed)
    for error in failed.values():
        if isinstance(error, NotAuthenticated | NotConfigured):
            raise error
    more = [
        _Part(_OBJECTS, part.place, word)
        for part, records in found.items()
        if part.what == _OBJECTS and len(records) >= MOST
        for word in words
    ]
    by_name = _candidates(source, words, found)
    enough = len([each for each in by_name if len(each.scores) == len(words)]) >= limit
    homes = [] if enough else _commented(found, places)
    more += [_Part(_COMMENTS, each) for each in homes[:COMMENTED]]

    async def ask(part: _Part) -> list[Record]:
        return await (_comments(source, part.place, words) if part.what == _COMMENTS else _asked(source, part))

    further, unread = await gather(more, ask, seconds=SEARCH_SECONDS / 2)
    candidates = _candidates(source, words, {**found, **further}) if further else by_name
    notes = [*_told({**failed, **unread}), *_limits(found, further)]
    if enough:
        notes.append("Comments of columns were not searched: enough was found without.")
    if len(homes) > COMMENTED:
        notes.append(f"Comments of columns were read in {COMMENTED} of {len(homes)} databases: name one in within.")
    ranked = sorted(candidates, key=_rank)
    best = tuple(
        Found(each.kind, each.name, each.comment, each.rows, tuple(FoundColumn(*item) for item in each.columns.items()))
        for each in ranked[:limit]
    )
    return Search(best, len(ranked), ", ".join(str(each) for each in places[:3]), tuple(notes))


def words_of(query: str) -> tuple[str, ...]:
    """The words that are looked for, in small letters, each without the s of a plural. Raises InvalidInput."""
    found = [word.casefold() for word in re.findall(r"[^\W_]+", query)]
    words = [word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in found]
    if not words:
        raise InvalidInput(
            "There is nothing to search for.",
            fields={"query": "has no word or number in it"},
            next_step="Give words of a name or a comment, or use snowflake_list_objects.",
        )
    return tuple(dict.fromkeys(words))[:WORDS]


async def _asked(source: Source, part: _Part) -> list[Record]:
    scope = part.place.scope
    like = f"%{part.word}%" if part.word else ""
    match part.what:
        case "Databases":
            keep = ("name", "comment")
            return await source.records(show("DATABASES", like=part.place.database or ""), keep)
        case "Schemas":
            return await source.records(show("SCHEMAS", scope), ("name", "database_name", "comment"))
        case "Tables":
            keep = ("name", "database_name", "schema_name", "kind", "comment", "rows", "is_dynamic", "is_iceberg")
            return await source.records(show("OBJECTS", scope, like=like), keep)
        case _:
            keep = ("table_name", "schema_name", "column_name", "comment", "database_name")
            return await source.records(show("COLUMNS", scope, like=like), keep)


async def _comments(source: Source, place: Place, words: Sequence[str]) -> list[Record]:
    database = written(place.database or "")
    some = " OR ".join("CONTAINS(LOWER(comment), ?)" for _ in words)
    inside = " AND table_schema = ?" if place.schema else ""
    binds = (*words, *([place.schema] if place.schema else []))
    return await source.records(
        "SELECT table_catalog AS database_name, table_schema AS schema_name, table_name, column_name, comment"  # noqa: S608 - an identifier of the guard's
        f" FROM {database}.INFORMATION_SCHEMA.COLUMNS WHERE ({some}){inside} LIMIT {_ROWS}",
        binds=binds,
    )


def _told(failed: Mapping[_Part, ServiceError | None]) -> list[str]:
    """What could not be read, in a sentence for each reason."""
    places: dict[tuple[str, str], dict[str, None]] = {}
    for part, error in failed.items():
        places.setdefault((part.what, reason(error)), {})[part.place.told] = None
    return [
        f"{what} were not searched in {', '.join(list(where)[:_NAMED])}{' …' if len(where) > _NAMED else ''}: {why}."
        for (what, why), where in places.items()
    ]


def _limits(found: Mapping[_Part, list[Record]], further: Mapping[_Part, list[Record]]) -> list[str]:
    """Where there may be more than was read."""
    full = [part for part, records in found.items() if len(records) >= MOST]
    full += [part for part, records in further.items() if part.what == _COMMENTS and len(records) >= _ROWS]
    full += [part for part, records in further.items() if part.what == _OBJECTS and len(records) >= MOST]
    told = dict.fromkeys(f"{part.what} of {part.place.told}" for part in full)
    return [f"Not all were read, there are too many: {', '.join(told)}. Name a place in within."] if told else []


def _commented(found: Mapping[_Part, list[Record]], places: Sequence[Place]) -> list[Place]:
    """Where comments of columns may be: the places that were asked for, of the account its databases."""
    if places != (ACCOUNT,):
        return list(places)
    names = [text(each, "name") for part, records in found.items() if part.what == _DATABASES for each in records]
    return [Place(name) for name in names if name and name != _OWN]


def _candidates(source: Source, words: Sequence[str], read: Mapping[_Part, list[Record]]) -> list[_Candidate]:
    known: dict[ObjectName, _Candidate] = {}
    for part in sorted(read, key=lambda part: _ORDER.index(part.what)):
        for record in read[part]:
            candidate = _TAKE[part.what](known, words, record, part.place)
            if candidate is not None and part.place.has(candidate.name):
                known[candidate.name] = candidate
    return [each for each in known.values() if each.scores and shows(source.reader.databases, each.name)]


_Known = Mapping[ObjectName, _Candidate]


def _database(known: _Known, words: Sequence[str], record: Record, _: Place) -> _Candidate | None:
    name = text(record, "name")
    full = ObjectName(name, None, "")
    found = known.get(full) or _Candidate("DATABASE", full, text(record, "comment"))
    return _scored(found, words, name, found.comment)


def _schema(known: _Known, words: Sequence[str], record: Record, place: Place) -> _Candidate | None:
    name, database = text(record, "name"), text(record, "database_name") or place.database or ""
    if name.upper() in SHADOWED:
        return None
    full = ObjectName(database, name, "")
    found = known.get(full) or _Candidate("SCHEMA", full, text(record, "comment"))
    return _scored(found, words, name, found.comment)


def _object(known: _Known, words: Sequence[str], record: Record, place: Place) -> _Candidate | None:
    name = _name_of(record, "name", place)
    found = known.get(name) or _Candidate("", name)
    found.kind, found.comment, found.rows = table_kind(record).upper(), text(record, "comment"), number(record, "rows")
    if "VIEW" in found.kind:
        found.rows = None
    return _scored(found, words, name.name, found.comment)


def _column(known: _Known, words: Sequence[str], record: Record, place: Place) -> _Candidate | None:
    name = _name_of(record, "table_name", place)
    if (name.schema or "").upper() in SHADOWED:
        return None
    found = known.get(name) or _Candidate("TABLE", name)
    column, comment = text(record, "column_name"), text(record, "comment")
    for word in words:
        score = max(_of_name(word, column) * 2 // 3, 2 if word in comment.casefold() else 0)
        if score:
            found.columns[column] = comment
            found.credit(word, score)
    return found if found.scores else None


_TAKE: Mapping[str, Callable[[_Known, Sequence[str], Record, Place], _Candidate | None]] = {
    _DATABASES: _database,
    _SCHEMAS: _schema,
    _OBJECTS: _object,
    _COLUMNS: _column,
    _COMMENTS: _column,
}


def _name_of(record: Record, column: str, place: Place) -> ObjectName:
    database = text(record, "database_name") or place.database or ""
    return ObjectName(database, text(record, "schema_name") or place.schema or "", text(record, column))


def _scored(found: _Candidate, words: Sequence[str], name: str, comment: str) -> _Candidate:
    for word in words:
        found.credit(word, _of_name(word, name) or (4 if word in comment.casefold() else 0))
    if found.scores:
        # Where something is helps to tell it from others, but does not find it.
        for word in words:
            around = f"{found.name.database} {found.name.schema if found.name.name else ''}".casefold()
            found.credit(word, 1 if word in around else 0)
    return found


def _of_name(word: str, name: str) -> int:
    """How well a word fits a name: 12 is the name itself, 0 no match."""
    folded = name.casefold()
    if word not in folded:
        return 0
    if folded in (word, f"{word}s"):
        return 12
    tokens = re.split(r"[\W_]+", folded)
    if word in tokens or f"{word}s" in tokens:
        return 9
    return 7 if any(token.startswith(word) for token in tokens) else 5


def _rank(found: _Candidate) -> tuple[object, ...]:
    own = found.name.database == _OWN
    return (own, -len(found.scores), -sum(found.scores.values()), str(found.name))
