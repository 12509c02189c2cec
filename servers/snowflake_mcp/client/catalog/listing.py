"""Objects of one kind, by name."""

import re
from collections.abc import Iterable

from snowflake_mcp.client.catalog.kinds import KINDS, Shown
from snowflake_mcp.client.catalog.places import ACCOUNT, Place, allowed, place_of, shows
from snowflake_mcp.client.catalog.records import Entry, Listing
from snowflake_mcp.client.catalog.show import MOST, Record, matches, part, show, text, yes
from snowflake_mcp.client.catalog.source import Source, first_of, gather, reason
from snowflake_mcp.guard import ObjectName, written
from snowflake_mcp.kinds import ListedKind

LISTING_SECONDS = 30.0
_OF_KINDS = frozenset({"kind", "is_dynamic", "is_external", "is_hybrid", "is_iceberg", "is_event"}) | {
    "is_secure",
    "is_materialized",
    "options",
}
_OF_NAMES = frozenset({"name", "database_name", "catalog_name", "schema_name", "arguments", "is_builtin"})


async def listed(source: Source, kind: ListedKind, within: str = "", like: str = "") -> Listing:
    """The objects of a kind whose names have `like` in them, or are as that pattern with % says.

    `within` is DATABASE, DATABASE.SCHEMA or ACCOUNT; "" is the session's database, and the account if it has none.
    Raises InvalidInput, NotPermitted and what Snowflake refuses; of several places some may fail with a note.
    """
    its = KINDS[kind]
    place = ACCOUNT if its.level == "account" else await _place(source, within)
    databases = source.reader.databases
    places = (ACCOUNT,) if its.level == "account" else allowed(place, databases)
    keep = _OF_NAMES | _OF_KINDS | {name for column in its.columns for name in column}

    async def ask(where: Place) -> list[Record]:
        schema = its.level == "database" and where.schema is not None
        scope = f"DATABASE {written(where.database or '')}" if schema else where.scope
        return await source.records(show(its.show, "" if its.level == "account" else scope, like=part(like)), keep)

    found, failed = await gather(places, ask, seconds=LISTING_SECONDS)
    if not found:
        raise first_of(failed)
    entries = {
        entry.key: entry
        for where, records in found.items()
        for entry in _entries(its, where, records)
        if matches(like, entry.name.name or entry.name.schema or entry.name.database or "")
        and _may_show(source, kind, entry.name)
    }
    notes = [f"{where.told} could not be read: {reason(error)}." for where, error in failed.items()]
    notes += [
        f"Snowflake shows the first {MOST:,} of {where.told} only; narrow it with like or within."
        for where, records in found.items()
        if len(records) >= MOST
    ]
    told = ", ".join(str(where) for where in places[:3]) + (" …" if len(places) > 3 else "")
    ordered = tuple(entries[key] for key in sorted(entries))
    return Listing(ordered, its.headings, told, tuple(notes))


async def _place(source: Source, within: str) -> Place:
    named = place_of(within)
    if named is not None:
        return named
    if source.reader.databases.allowed:
        return ACCOUNT
    home = await source.home()
    return Place(home.database) if home.database else ACCOUNT


def _may_show(source: Source, kind: ListedKind, name: ObjectName) -> bool:
    settings = source.reader.settings
    if kind == "warehouses":
        return not settings.warehouses or written(name.name) in settings.warehouses
    if kind == "roles":
        return not settings.roles or written(name.name) in settings.roles
    return shows(source.reader.databases, name)


def _entries(kind: Shown, place: Place, records: Iterable[Record]) -> Iterable[Entry]:
    for record in records:
        name = text(record, "name")
        if not name or yes(record, "is_builtin"):
            continue
        details = {column[0]: text(record, *column) for column in kind.columns}
        if "kind" in details:
            details["kind"] = _told_kind(kind, record)
        database = text(record, "database_name", "catalog_name") or place.database
        if kind.show == "DATABASES":
            yield Entry(ObjectName(name, None, ""), details)
        elif kind.level == "account":
            yield Entry(ObjectName(None, None, name), details)
        elif kind.level == "database":
            yield Entry(ObjectName(database, _schema(name), ""), details)
        else:
            schema = text(record, "schema_name") or place.schema
            yield Entry(ObjectName(database, schema, name), details, signature(text(record, "arguments")))


def table_kind(record: Record, *, default: str = "TABLE") -> str:
    """What a table is besides a table: DYNAMIC TABLE, TRANSIENT …; `default` for a plain one."""
    for flag, kind in (
        ("is_dynamic", "DYNAMIC TABLE"),
        ("is_external", "EXTERNAL TABLE"),
        ("is_iceberg", "ICEBERG TABLE"),
    ):
        if yes(record, flag):
            return kind
    kind = text(record, "kind").replace("_", " ")
    return kind if kind != "TABLE" and re.fullmatch(r"[A-Z ]{1,30}", kind) else default


def _told_kind(kind: Shown, record: Record) -> str:
    """What is unusual about an object of a kind."""
    if kind.show == "VIEWS":
        flags = {"is_secure": "secure", "is_materialized": "materialized"}
        return " ".join(told for flag, told in flags.items() if yes(record, flag))
    if kind.show == "TABLES":
        return table_kind(record, default="").lower()
    told = text(record, "kind", "options").lower()
    return "" if told in ("standard", "permanent") else told


def signature(arguments: str) -> str:
    """`(NUMBER, VARCHAR) RETURN VARCHAR` of what SHOW FUNCTIONS tells, which begins with the name."""
    found = re.search(r"\(.*", arguments, re.DOTALL)
    return found.group() if found else ""


def _schema(name: str) -> str:
    return "INFORMATION_SCHEMA" if name == "information_schema" else name
