"""One table or view: its columns, keys and size, what its columns hold, and the statement that made it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from connector_kit.errors import BadAnswer, InvalidInput, NotAuthenticated, ServiceError
from snowflake_mcp.client.catalog.listing import table_kind
from snowflake_mcp.client.catalog.places import check, full_name
from snowflake_mcp.client.catalog.records import ColumnCounts, Counts, ForeignKey, Table, TableColumn
from snowflake_mcp.client.catalog.show import Record, named, number, show, text
from snowflake_mcp.client.catalog.source import Source, both, reason
from snowflake_mcp.guard import ObjectName, parse_name, written
from snowflake_mcp.kinds import DdlKind

COUNTED: Final = 1_000_000
"""Rows that nulls and values are counted in, about; of a larger table a sample is taken."""
WIDEST: Final = 60
"""Columns that are sampled and counted."""
_ARGUMENTS = re.compile(r"\([A-Za-z0-9_ ,()]*\)")
_UNCOUNTABLE = ("VARIANT", "OBJECT", "ARRAY", "MAP", "GEO", "VECTOR", "BINARY", "FILE", "INTERVAL")
_SAMPLED = ("TABLE", "TRANSIENT", "TEMPORARY", "DYNAMIC TABLE")
_RANGED = ("NUMBER", "FLOAT", "DATE", "TIME", "DECFLOAT")


async def described(source: Source, table: str) -> Table:
    """The table or view of a name, [DATABASE.][SCHEMA.]NAME.

    Raises InvalidInput, NotPermitted for one outside of the allowed databases, and what Snowflake refuses: Missing
    where it is not there.
    """
    name = await _meant(source, table)
    return await of_name(source, name)


async def of_name(source: Source, name: ObjectName) -> Table:
    """The same by its full name, which is not checked against the allowed databases."""
    place = f"SCHEMA {written(name.database or '')}.{written(name.schema or '')}"
    columns, shown = await both(
        lambda: source.records(f"DESCRIBE TABLE {name}"),
        lambda: _optional(source, show("OBJECTS", place, like=_exactly(name.name))),
    )
    record = named(shown[0], name.name)
    found = Table(
        name=name,
        kind=table_kind(record).upper(),
        columns=tuple(_column(each) for each in columns if text(each, "name")),
        rows=number(record, "rows"),
        size=number(record, "bytes"),
        comment=text(record, "comment"),
        clustering=text(record, "cluster_by"),
        owner=text(record, "owner"),
        created=text(record, "created_on"),
        notes=tuple([f"Its size and comment could not be read: {shown[1]}."] if shown[1] else []),
    )
    if not found.columns:
        raise BadAnswer(f"Snowflake tells no columns of {name}.", next_step="Ask the user whether the role may see it.")
    if found.is_view:
        return await _with_text(source, place, replace(found, rows=None, size=None))
    if not any(column.comment for column in found.columns):
        found = await _with_comments(source, found)
    return await _with_keys(source, found)


async def sampled(source: Source, table: Table, rows: int) -> list[Mapping[str, object]]:
    """Up to `rows` rows as Snowflake gives them first, by the names of the columns, 60 columns at most.

    Raises ServiceError, for want of a warehouse or the privilege to read rows.
    """
    columns = [column.name for column in table.columns[:WIDEST]]
    chosen = ", ".join(written(column) for column in columns)
    result = await source.reader.read(
        f"SELECT {chosen} FROM {table.name} LIMIT {rows:d}",  # noqa: S608 - identifiers of the guard's
        context=source.reader.context(),
        rows=rows,
    )
    return [dict(zip(columns, row, strict=False)) for row in result.rows]


async def counted(source: Source, table: Table) -> Counts:
    """Nulls, different values and extremes of each column, 60 columns at most, by one query over about a million rows.

    Raises ServiceError as `sampled` does.
    """
    columns = table.columns[:WIDEST]
    asked: list[str] = ["COUNT(*)"]
    for column in columns:
        quoted = written(column.name)
        asked.append(f"COUNT({quoted})")
        if _countable(column):
            asked.append(f"APPROX_COUNT_DISTINCT({quoted})")
        if _ranged(column):
            asked += [f"MIN({quoted})", f"MAX({quoted})"]
    rows, told = _rows_of(table)
    named = ", ".join(f"{expression} AS C{place}" for place, expression in enumerate(asked))
    result = await source.reader.read(f"SELECT {named} FROM {rows}", context=source.reader.context(), rows=1)  # noqa: S608 - as above
    if not result.rows or len(result.rows[0]) != len(asked):
        raise BadAnswer("Snowflake's counts are not those that were asked for.", next_step="Count with a query.")
    values = iter(result.rows[0])
    total = _whole(next(values))
    counts: dict[str, ColumnCounts] = {}
    for column in columns:
        filled = _whole(next(values))
        distinct = _whole(next(values)) if _countable(column) else None
        least, greatest = (next(values), next(values)) if _ranged(column) else (None, None)
        counts[column.name] = ColumnCounts(total - filled, distinct, least, greatest)
    return Counts(total, counts, told if total >= COUNTED or "SAMPLE" in rows else "")


async def ddl(source: Source, kind: DdlKind, name: str) -> str:
    """The statement that makes an object again. A function's or procedure's name ends in its types: F(NUMBER).

    Raises InvalidInput, NotPermitted, and what Snowflake refuses.
    """
    plain, arguments = name.strip(), ""
    if kind in ("function", "procedure"):
        plain, bracket, rest = plain.partition("(") if not plain.endswith('"') else (plain, "", "")
        arguments = bracket + rest
        if not _ARGUMENTS.fullmatch(arguments):
            raise _misnamed(f"of a {kind} ends in the types of its arguments, like F(NUMBER, VARCHAR) or F()")
    parsed = parse_name(plain.strip(), parameter="name")
    if kind in ("database", "warehouse"):
        if parsed.schema is not None:
            raise _misnamed(f"of a {kind} has one part, like SALES")
        parsed = ObjectName(parsed.name, None, "") if kind == "database" else parsed
    elif kind == "schema":
        if parsed.database is not None:
            raise _misnamed("of a schema is DATABASE.SCHEMA")
        parsed = ObjectName(parsed.schema or (await source.home()).database or None, parsed.name, "")
    else:
        parsed = full_name(
            parsed, await source.home() if parsed.database is None else source.reader.context(), parameter="name"
        )
    if kind != "warehouse":
        check(source.reader.databases, parsed)
    result = await source.reader.read(
        "SELECT GET_DDL(?, ?, TRUE)",
        context=source.reader.context(),
        binds=(kind.upper().replace(" ", "_"), f"{parsed}{arguments}"),
        rows=1,
    )
    return str(result.rows[0][0] or "") if result.rows else ""


def _misnamed(why: str) -> InvalidInput:
    return InvalidInput(
        "The name cannot be used.", fields={"name": why}, next_step="snowflake_list_objects tells the names of a kind."
    )


async def _meant(source: Source, table: str) -> ObjectName:
    name = parse_name(table.strip(), parameter="table")
    if name.database is None or name.schema is None:
        name = full_name(name, await source.home())
    check(source.reader.databases, name)
    return name


async def _with_text(source: Source, place: str, found: Table) -> Table:
    records, wrong = await _optional(source, show("VIEWS", place, like=_exactly(found.name.name)))
    record = named(records, found.name.name)
    notes = [f"Its text could not be read: {wrong}."] if wrong else []
    return replace(found, text=text(record, "text"), notes=(*found.notes, *notes))


async def _with_comments(source: Source, found: Table) -> Table:
    """Comments by SHOW COLUMNS, where DESCRIBE has none at all."""
    records, _ = await _optional(source, show("COLUMNS", f"TABLE {found.name}"))
    comments = {text(each, "column_name"): text(each, "comment") for each in records}
    columns = tuple(replace(column, comment=comments.get(column.name, "")) for column in found.columns)
    return replace(found, columns=columns)


async def _with_keys(source: Source, found: Table) -> Table:
    own, others = await both(
        lambda: _optional(source, show("PRIMARY KEYS", f"TABLE {found.name}")),
        lambda: _optional(source, show("IMPORTED KEYS", f"TABLE {found.name}")),
    )
    wrong = own[1] or others[1]
    return replace(
        found,
        primary_key=tuple(text(each, "column_name") for each in sorted(own[0], key=_sequence)),
        foreign_keys=_foreign_keys(others[0]),
        notes=(*found.notes, *([f"Its keys could not be read: {wrong}."] if wrong else [])),
    )


def _foreign_keys(records: list[Record]) -> tuple[ForeignKey, ...]:
    parts: dict[tuple[str, ObjectName], list[Record]] = {}
    for record in records:
        target = ObjectName(
            text(record, "pk_database_name"), text(record, "pk_schema_name"), text(record, "pk_table_name")
        )
        parts.setdefault((text(record, "fk_name"), target), []).append(record)
    return tuple(
        ForeignKey(
            tuple(text(each, "fk_column_name") for each in sorted(rows, key=_sequence)),
            target,
            tuple(text(each, "pk_column_name") for each in sorted(rows, key=_sequence)),
        )
        for (_, target), rows in parts.items()
    )


def _sequence(record: Record) -> int:
    return number(record, "key_sequence") or 0


def _column(record: Record) -> TableColumn:
    expression = text(record, "expression")
    return TableColumn(
        name=text(record, "name"),
        type=text(record, "type").removesuffix("(16777216)"),
        nullable=text(record, "null?").upper() not in ("N", "NOT_NULL", "FALSE"),
        default=text(record, "default") or (f"AS {expression}" if expression else ""),
        comment=text(record, "comment"),
        policy=text(record, "policy name"),
    )


def _rows_of(table: Table) -> tuple[str, str]:
    """What the counts are taken of, and how it is told. A sample by blocks reads no more than it needs."""
    if table.kind not in _SAMPLED or table.rows is None:
        return f"(SELECT * FROM {table.name} LIMIT {COUNTED})", "the first that came"  # noqa: S608 - as above
    if table.rows <= COUNTED:
        return str(table.name), ""
    percent = max(100 * COUNTED / table.rows, 0.0001)
    return f"{table.name} SAMPLE SYSTEM ({percent:.4f})", f"a sample of {table.rows:,}"


def _countable(column: TableColumn) -> bool:
    return not column.type.upper().startswith(_UNCOUNTABLE)


def _ranged(column: TableColumn) -> bool:
    return column.type.upper().startswith(_RANGED)


def _whole(value: object) -> int:
    return int(str(value)) if re.fullmatch(r"\d{1,30}", str(value)) else 0


def _exactly(name: str) -> str:
    """A pattern for a name that is looked for in the rows again: backslashes would be read as an escape."""
    return re.sub(r"[\\%]", "%", name)


async def _optional(source: Source, sql: str) -> tuple[list[Record], str]:
    """The rows, or why there are none."""
    try:
        return await source.records(sql), ""
    except NotAuthenticated:
        raise
    except ServiceError as error:
        return [], reason(error)
