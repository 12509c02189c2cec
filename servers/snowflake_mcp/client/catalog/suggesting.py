"""What a name that is not there may have been meant to be."""

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Final

import anyio

from connector_kit.errors import ServiceError
from snowflake_mcp.client.catalog.kinds import SHADOWED
from snowflake_mcp.client.catalog.places import shows
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


async def nearest_objects(source: Source, name: str, context: Context | None = None) -> tuple[str, ...]:
    """Names of databases, schemas or tables that `name` may mean, best first; none after 4 seconds or a failure."""
    found: tuple[str, ...] = ()
    with anyio.move_on_after(SECONDS):
        try:
            parsed = parse_name(name)
            found = await _objects(source, parsed, await source.home(context), context)
        except ServiceError:
            pass
    return found


async def nearest_columns(
    source: Source, column: str, tables: Iterable[ObjectName], context: Context | None = None
) -> tuple[str, ...]:
    """Columns of these tables that `column` may mean, with the table before them if there are several."""
    wanted = column.rpartition(".")[2].strip('"')
    places: dict[str, list[ObjectName]] = {}
    with anyio.move_on_after(SECONDS):
        try:
            home = await source.home(context)
            for table in list(tables)[:_TABLES]:
                full = ObjectName(
                    table.database or home.database or None, table.schema or home.schema or None, table.name
                )
                if full.database and full.schema and full.name and _visible(source, full):
                    for record in await source.records(f"DESCRIBE TABLE {full}", context=context):
                        places.setdefault(text(record, "name"), []).append(full)
        except ServiceError:
            pass
    several = len({str(table) for tables_ in places.values() for table in tables_}) > 1
    return tuple(
        f"{written(name)} of {places[name][0]}" if several else written(name) for name in closest(wanted, places)
    )


async def _objects(source: Source, name: ObjectName, home: Context, context: Context | None) -> tuple[str, ...]:
    """Where the place is there: what is in it; else what the place may be; else the same name elsewhere."""
    database, schema = name.database or home.database, name.schema or home.schema
    databases = source.reader.databases
    if database:
        known = await _names(source, "DATABASES", "", context)
        if known and database not in known:
            return tuple(
                written(each) for each in closest(database, known) if _visible(source, ObjectName(each, None, ""))
            )
    if database and schema:
        known = await _names(source, "SCHEMAS", f"DATABASE {written(database)}", context)
        if known and schema not in known:
            return tuple(
                f"{written(database)}.{written(each)}"
                for each in closest(schema, known)
                if each not in SHADOWED and shows(databases, ObjectName(database, each, ""))
            )
        here = await _names(source, "OBJECTS", f"SCHEMA {written(database)}.{written(schema)}", context)
        full = name.database is not None or name.schema is not None
        prefix = f"{written(database)}.{written(schema)}." if full else ""
        close = [f"{prefix}{written(each)}" for each in closest(name.name, here)]
        if close and shows(databases, ObjectName(database, schema, name.name)):
            return tuple(close)
    return await _elsewhere(source, name, context)


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


def _visible(source: Source, name: ObjectName) -> bool:
    return shows(source.reader.databases, name)


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
