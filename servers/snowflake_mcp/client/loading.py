"""Loading a file into a table: looked at as a whole, shown, then loaded as a whole or not at all.

The records go as text, bound in batches, into a temporary table of the session; one statement then converts them and
puts them into their place. Until that is committed nobody sees anything, and the temporary table ends with the
session. It takes no privilege to make one (https://docs.snowflake.com/en/user-guide/tables-temp-transient).
"""

import io
import secrets
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import anyio.to_thread

from connector_kit import trace
from connector_kit.allowed_folder import OpenedFile
from connector_kit.errors import Conflict, InvalidInput, NotPermitted, OutcomeUnknown, ServiceError, Unavailable
from connector_kit.previews import Previews
from snowflake_mcp.client.batches import Batches, Pace
from snowflake_mcp.client.refusals import Missing
from snowflake_mcp.client.sources import Hashed, opened
from snowflake_mcp.guard import ObjectName, parse_name, written
from snowflake_mcp.inference import Inference, infer
from snowflake_mcp.mapping import Mapped, TableColumn, definition, in_order, into_table, new_table
from snowflake_mcp.models import Context
from snowflake_mcp.tabular import Layout, Record, layout_of, records

if TYPE_CHECKING:
    from snowflake_mcp.client.catalog import Catalog
    from snowflake_mcp.client.engine import Engine
    from snowflake_mcp.client.exclusive import Exclusive

LAST_SECONDS: Final = 8.0
"""Of a call, kept for the statement that puts the records into their place."""
_HEAD: Final = 65_536
_BUFFER: Final = 1 << 18
_REMEMBERED: Final = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """Which file is to go to which table, and how the file is written where that is not found out."""

    path: str
    table: str
    create: bool = False
    delimiter: str = ""
    header: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """What loading a file would do. `digest` is that of its content; `present` are the rows of the table as it is."""

    name: str
    size: int
    layout: Layout
    digest: str
    inference: Inference
    mapped: Mapped
    table: ObjectName
    create: bool
    place: Context
    present: int | None = None
    token: str = ""

    @property
    def subject(self) -> tuple[str, ...]:
        """All that a token of it stands for."""
        pairs = [f"{pair.source.name}\0{pair.target}\0{pair.type}\0{pair.expression}" for pair in self.mapped.pairs]
        place = (self.place.role, self.place.warehouse)
        return ("load", self.digest, repr(self.layout), str(self.table), str(self.create), *place, *pairs)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded: how many records into which table, in how many seconds."""

    table: ObjectName
    rows: int
    query_id: str
    place: Context
    seconds: float


class Loading:
    """Files into tables. Methods raise ServiceError."""

    def __init__(self, engine: "Engine", catalog: "Catalog") -> None:
        """`catalog` is told when a table was made, and says what a wrong name was meant to be."""
        self._engine = engine
        self._catalog = catalog
        self._previews = Previews()
        self._known: dict[tuple[str, Asked], tuple[Layout, Inference]] = {}

    async def preview(self, asked: Asked, *, context: Context) -> Plan:
        """What loading a file would do: the whole file is read, nothing is sent of it.

        Raises:
            InvalidInput: the file is not as it has to be, or its columns do not fit the table; line, column and value
                are named.
            Conflict: a table that was to be made is there.
        """
        async with self._planned(asked, context) as (plan, _):
            return replace(plan, token=self._previews.issue(*plan.subject))

    async def load(self, asked: Asked, token: str, *, context: Context) -> Loaded:
        """Load the file as the preview of `token` showed it: all of its records, or none.

        Raises:
            InvalidInput: the token is not for this file, this table and this role as they are now.
            OutcomeUnknown: the way to Snowflake failed at the moment that decides.
        """
        begun = time.monotonic()
        ends = begun + min(self._engine.settings.timeout, trace.seconds_left()) - LAST_SECONDS
        async with self._planned(asked, context) as (plan, source):
            self._previews.redeem(token, *plan.subject)
            query_id = await self._loaded(plan, source, context, ends)
        return Loaded(plan.table, plan.inference.records, query_id, plan.place, time.monotonic() - begun)

    @asynccontextmanager
    async def _planned(self, asked: Asked, context: Context) -> AsyncGenerator[tuple[Plan, OpenedFile]]:
        name = parse_name(asked.table, parameter="table")
        source = await anyio.to_thread.run_sync(opened, self._engine.settings, asked.path)
        try:
            layout, inference, digest = await self._looked_at(source, asked)
            place = await self._engine.where(context)
            table = self._whole(name, place)
            columns = await self._columns(table, context)
            if asked.create:
                if columns is not None:
                    raise Conflict(
                        f"There is a table or view {table} already; nothing was loaded.",
                        next_step="Give create=false to add to it, or another name.",
                    )
                mapped = new_table(inference)
            else:
                if columns is None:
                    raise await self._missing(table, context)
                named = layout.header or layout.format == "jsonl"
                mapped = into_table(inference, columns) if named else in_order(inference, columns)
            if mapped.problems:
                raise InvalidInput(
                    "Nothing was loaded: the file does not fit the table.",
                    fields=mapped.problems,
                    next_step="Correct the file, or load it into a new table with create=true.",
                )
            present = None if asked.create else await self._present(table, context)
            plan = Plan(
                source.name, source.size, layout, digest, inference, mapped, table, asked.create, place, present
            )
            await self._engine.examined(_statement(plan, table), "write", context)
            yield plan, source
        finally:
            source.close()

    async def _looked_at(self, source: OpenedFile, asked: Asked) -> tuple[Layout, Inference, str]:
        """What is in a file; the last few that were shown are not gone through again while they stay the same."""
        digest = await anyio.to_thread.run_sync(_digest, source)
        key = (digest, asked)
        if key not in self._known:
            self._known[key] = await anyio.to_thread.run_sync(_looked_at, source, asked)
            for old in list(self._known)[:-_REMEMBERED]:
                del self._known[old]
        return (*self._known[key], digest)

    def _whole(self, name: ObjectName, place: Context) -> ObjectName:
        """A table's name in full, if it is one that tools may touch."""
        table = ObjectName(name.database or place.database, name.schema or place.schema, name.name)
        if not table.database or not table.schema:
            raise InvalidInput(
                "The table's place is not known: there is no usual database and schema.",
                fields={"table": "is written in full, like DATABASE.SCHEMA.NAME"},
            )
        if not self._engine.databases.allows(table):
            raise NotPermitted(
                f"Nothing was loaded: {table} is not in a database that tools may touch.",
                next_step=f"SNOWFLAKE_DATABASES allows {self._engine.databases}.",
            )
        return table

    async def _columns(self, table: ObjectName, context: Context) -> list[TableColumn] | None:
        """The columns of a table or view; None if there is none."""
        try:
            described = await self._engine.read(f"DESCRIBE TABLE {table}", context=context)
        except Missing:
            return None
        return [
            TableColumn(
                str(each["name"]),
                str(each["type"]),
                str(each.get("null?") or "Y") == "Y",
                None if each.get("default") is None else str(each["default"]),
            )
            for each in described.records()
        ]

    async def _missing(self, table: ObjectName, context: Context) -> ServiceError:
        error = Missing(
            f"There is no table {table} for this role; nothing was loaded.",
            object=table.name,
            next_step="Give create=true to make it, or look for it with snowflake_search_objects.",
        )
        return await self._catalog.explained(error, context=context, name=str(table))

    async def _present(self, table: ObjectName, context: Context) -> int | None:
        try:
            counted = f"SELECT COUNT(*) FROM {table}"  # noqa: S608 - quoted where it must be
            return int(str((await self._engine.read(counted, context=context)).rows[0][0]))
        except ServiceError:
            return None  # a role may insert and not read

    async def _loaded(self, plan: Plan, source: OpenedFile, context: Context, ends: float) -> str:
        stage = ObjectName(None, None, f"MCP_LOAD_{secrets.token_hex(8).upper()}")
        place = replace(context, database=plan.table.database or "", schema=plan.table.schema or "")
        async with self._engine.exclusive(place) as own:
            try:
                await _staged(own, plan, source, stage, ends)
            except OutcomeUnknown as error:
                raise Unavailable(
                    "Nothing was loaded: the way to Snowflake failed while the records were sent.",
                    next_step="Try again: ask for a new preview.",
                ) from error
            try:
                return await self._placed(own, plan, stage)
            except InvalidInput as error:
                raise await _pointed(own, plan, stage, error) from error

    async def _placed(self, own: "Exclusive", plan: Plan, stage: ObjectName) -> str:
        """The one statement that others see the effect of."""
        sql = _statement(plan, stage)
        try:
            if plan.create:
                try:
                    return (await own.run(sql)).query_id
                finally:
                    self._catalog.forget()
            async with own.transaction():
                result = await own.run(sql)
                if result.changed != plan.inference.records:
                    raise Conflict(
                        f"Nothing was loaded: {result.changed or 0:,} of {plan.inference.records:,} records arrived, "
                        "and that was undone.",
                        next_step="Ask for a new preview.",
                    )
            return result.query_id
        except OutcomeUnknown as error:
            before = "" if plan.present is None else f"; it had {plan.present:,} rows before"
            raise OutcomeUnknown(
                f"All {plan.inference.records:,} records were loaded, or none: the way to Snowflake failed at the end.",
                next_step=f"Do not load it again yet: count the rows of {plan.table}{before}.",
            ) from error


def _digest(source: OpenedFile) -> str:
    content = Hashed(source)
    while content.read(_BUFFER):
        pass
    return content.digest


def _looked_at(source: OpenedFile, asked: Asked) -> tuple[Layout, Inference]:
    """How a file is written and what is in it. Reads all of it; blocks."""
    head = Hashed(source).read(_HEAD) or b""
    found = layout_of(head, name=source.name, delimiter=asked.delimiter)
    layout = replace(found, header=asked.header)
    return layout, infer(_records(Hashed(source), layout), cells=layout.format == "csv")


def _records(content: Hashed, layout: Layout) -> Iterator[Record]:
    return records(io.BufferedReader(content, _BUFFER), layout)


async def _staged(own: "Exclusive", plan: Plan, source: OpenedFile, stage: ObjectName, ends: float) -> None:
    """Send all records, and make sure that all have arrived."""
    names = [f"C{place}" for place in range(1, len(plan.mapped.pairs) + 1)]
    await own.run(
        f"CREATE TEMPORARY TABLE {stage} (LINE NUMBER(38,0), {', '.join(f'{name} VARCHAR' for name in names)})"
    )
    sql = f"INSERT INTO {stage} VALUES ({', '.join('?' * (len(names) + 1))})"  # noqa: S608 - our own name
    content = Hashed(source)
    batches = Batches(plan.mapped.pairs, _records(content, plan.layout))
    pace = Pace(plan.inference.records, ends)
    while (batch := await anyio.to_thread.run_sync(batches.next)) is not None:
        pace.check()
        try:
            # Lists as binds: one statement for all of them.
            await own.run(sql, batch)
        except OutcomeUnknown:
            pace.check()
            raise
        batches.cells = pace.sent(len(batch[0]), len(batch))
    counted = (await own.run(f"SELECT COUNT(*) FROM {stage}")).rows[0][0]  # noqa: S608 - our own name
    if content.digest != plan.digest:
        raise Conflict("Nothing was loaded: the file has changed meanwhile.", next_step="Ask for a new preview.")
    if int(str(counted)) != plan.inference.records:
        raise Conflict(
            f"Nothing was loaded: {counted} of {plan.inference.records:,} records arrived.",
            next_step="Ask for a new preview.",
        )


def _statement(plan: Plan, stage: ObjectName) -> str:
    """What puts the staged records into their place."""
    pairs = plan.mapped.pairs
    values = ", ".join(pair.expression.format(f"C{place}") for place, pair in enumerate(pairs, 1))
    query = f"SELECT {values} FROM {stage} ORDER BY LINE"  # noqa: S608 - names quoted where they must be
    if plan.create:
        return f"CREATE TABLE {plan.table} ({definition(pairs)}) AS {query}"
    targets = ", ".join(written(pair.target) for pair in pairs)
    return f"INSERT INTO {plan.table} ({targets}) {query}"


async def _pointed(own: "Exclusive", plan: Plan, stage: ObjectName, error: InvalidInput) -> InvalidInput:
    """The refusal of a value, with the line and the column that it stands at, where these can be found."""
    wrong: dict[int, str] = {}
    for place, pair in enumerate(plan.mapped.pairs, 1):
        if tried := _tried(pair.expression):
            wrong[place] = f"C{place} IS NOT NULL AND {tried.format(f'C{place}')} IS NULL"
    if not wrong:
        return error
    which = " ".join(f"WHEN {condition} THEN {place}" for place, condition in wrong.items())
    any_of = " OR ".join(f"({condition})" for condition in wrong.values())
    try:
        sql = f"SELECT LINE, CASE {which} END FROM {stage} WHERE {any_of} ORDER BY LINE LIMIT 1"  # noqa: S608 - our names
        found = (await own.run(sql)).rows
        if not found:
            return error
        line, place = (int(str(value)) for value in found[0])
        sql = f"SELECT C{place} FROM {stage} WHERE LINE = {line}"  # noqa: S608 - our names, and numbers
        value = (await own.run(sql)).rows[0][0]
    except ServiceError:
        return error
    pair = plan.mapped.pairs[place - 1]
    return InvalidInput(
        "Nothing was loaded: Snowflake does not take a value.",
        fields={pair.target: f"line {line:,} has {str(value)[:60]!r}, which is no {pair.type}"},
        next_step="Correct the file, then ask for a new preview.",
    )


def _tried(expression: str) -> str:
    """The expression that is NULL where the other one fails, "" if there is none."""
    for begin, instead in (("CAST({}", "TRY_CAST({}"), ("TO_", "TRY_TO_"), ("PARSE_JSON(", "TRY_PARSE_JSON(")):
        if expression.startswith(begin):
            return instead + expression.removeprefix(begin)
    return ""
