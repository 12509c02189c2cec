"""What a name that is not there may have been meant to be."""

import difflib
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

import anyio

from connector_kit.errors import ServiceError
from snowflake_mcp.client.catalog.kinds import SHADOWED
from snowflake_mcp.client.catalog.places import Place, shows
from snowflake_mcp.client.catalog.show import show, text
from snowflake_mcp.client.catalog.source import Source
from snowflake_mcp.guard import ObjectName, parse_name, written
from snowflake_mcp.models import Context

SECONDS: Final = 4.0
"""How long an error may wait for its suggestions."""
MOST: Final = 3
_COMPARED: Final = 5_000
_TABLES: Final = 4
_TELLING: Final = 4
"""Letters from which on a part of a name says something."""
_OBJECT_COLUMNS: Final = ("name", "database_name", "schema_name")


async def nearest_objects(source: Source, name: ObjectName, context: Context | None = None) -> tuple[str, ...]:
    """Names of databases, schemas or tables that `name` may mean, best first; none after 4 seconds or a failure."""
    found: tuple[str, ...] = ()
    with anyio.move_on_after(SECONDS), suppress(ServiceError):
        found = await _objects(source, name, await source.home(context), context)
    return found


async def nearest_places(source: Source, place: Place) -> tuple[str, ...]:
    """The same for a database or a schema."""
    found: tuple[str, ...] = ()
    if place.database is not None:
        with anyio.move_on_after(SECONDS), suppress(ServiceError):
            found = await _places(source, place.database, place.schema, None) or ()
    return found


def meant_by(told: str, asked: Iterable[ObjectName]) -> ObjectName | None:
    """The object, of those that were asked for, whose name Snowflake tells, or the name of whose place."""
    names = list(dict.fromkeys(asked))
    try:
        parts = _parts(parse_name(told)) if told else ()
    except ServiceError:
        parts = ()
    if not parts:
        return names[0] if len(names) == 1 else None
    ending = [name for name in names if _end_alike(_parts(name), parts)]
    holding = [name for name in names if _parts(name)[: len(parts)] == parts or _parts(name)[1:-1] == parts]
    return next(iter([*ending, *holding]), parse_name(told))


async def nearest_columns(
    source: Source, column: str, tables: Iterable[ObjectName], context: Context | None = None
) -> tuple[str, ...]:
    """Columns of these tables that `column` may mean, with the table before them if there are several."""
    wanted = column.rpartition(".")[2].strip('"')
    places: dict[str, list[ObjectName]] = {}
    with anyio.move_on_after(SECONDS), suppress(ServiceError):
        home = await source.home(context)
        for table in list(tables)[:_TABLES]:
            database, schema = table.database or home.database, table.schema or home.schema
            full = ObjectName(database, schema, table.name)
            if database and schema and table.name and shows(source.reader.databases, full):
                for record in await source.records(f"DESCRIBE TABLE {full}", context=context):
                    places.setdefault(text(record, "name"), []).append(full)
    several = len({str(table) for tables_ in places.values() for table in tables_}) > 1
    return tuple(
        f"{written(name)} of {places[name][0]}" if several else written(name) for name in closest(wanted, places)
    )


async def _objects(source: Source, name: ObjectName, home: Context, context: Context | None) -> tuple[str, ...]:
    """Where the place is there: what is in it; else what the place may be; else the same name elsewhere."""
    database, schema = name.database or home.database, name.schema or home.schema
    if database:
        wrong = await _places(source, database, schema, context)
        if wrong is not None:
            return wrong
    if database and schema:
        here = await _names(source, "OBJECTS", f"SCHEMA {written(database)}.{written(schema)}", context)
        full = name.database is not None or name.schema is not None
        prefix = f"{written(database)}.{written(schema)}." if full else ""
        close = [f"{prefix}{written(each)}" for each in closest(name.name, here)]
        if close and shows(source.reader.databases, ObjectName(database, schema, name.name)):
            return tuple(close)
    return await _elsewhere(source, name, context)


async def _places(source: Source, database: str, schema: str | None, context: Context | None) -> tuple[str, ...] | None:
    """What a database or a schema may mean that is not there; None if both are."""
    databases = source.reader.databases
    known = await _names(source, "DATABASES", "", context)
    if known and database not in known:
        names = [ObjectName(each, None, "") for each in closest(database, known)]
        return tuple(str(each) for each in names if shows(databases, each))
    known = await _names(source, "SCHEMAS", f"DATABASE {written(database)}", context) if schema else []
    if schema and known and schema not in known:
        names = [ObjectName(database, each, "") for each in closest(schema, known) if each not in SHADOWED]
        return tuple(str(each) for each in names if shows(databases, each))
    return None


async def _elsewhere(source: Source, name: ObjectName, context: Context | None) -> tuple[str, ...]:
    records = await source.records(show("OBJECTS", "ACCOUNT", like=name.name), _OBJECT_COLUMNS, context=context)
    found = [
        ObjectName(text(each, "database_name"), text(each, "schema_name"), text(each, "name"))
        for each in records
        if text(each, "name").casefold() == name.name.casefold()
    ]
    return tuple(str(each) for each in sorted(found, key=str) if shows(source.reader.databases, each))[:MOST]


async def _names(source: Source, what: str, scope: str, context: Context | None) -> list[str]:
    records = await source.records(show(what, scope), _OBJECT_COLUMNS, context=context)
    return [text(each, "name") for each in records]


def _end_alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    shorter = min(len(one), len(other))
    return one[-shorter:] == other[-shorter:]


def _parts(name: ObjectName) -> tuple[str, ...]:
    return tuple(part for part in (name.database, name.schema, name.name) if part)


def closest(wanted: str, known: Iterable[str]) -> Sequence[str]:
    """Those of the names that look like the one wanted, the whole before a part: without regard to case."""
    by_folded: dict[str, str] = {}
    for name in known:
        if len(by_folded) < _COMPARED:
            by_folded.setdefault(name.casefold(), name)
    folded = wanted.casefold()[:100]
    close = difflib.get_close_matches(folded, by_folded, n=MOST, cutoff=0.7)
    if len(folded) >= _TELLING:
        by_word: dict[str, list[str]] = {}
        for name in by_folded:
            for word in re.split(r"[\W_]+", name):
                by_word.setdefault(word, []).append(name)
        like = difflib.get_close_matches(folded, by_word, n=MOST, cutoff=0.8)
        close += [name for word in like for name in by_word[word]]
        close += [name for name in by_folded if folded in name or (len(name) >= _TELLING and name in folded)]
    return [by_folded[each] for each in dict.fromkeys(close)][:MOST]
