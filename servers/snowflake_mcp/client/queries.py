"""Statements of the user's that only read: run, submitted, paged by their query id, stopped, explained."""

import asyncio
import re
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import anyio
import anyio.to_thread

from connector_kit import trace
from connector_kit.errors import InvalidInput, NotPermitted, RateLimited, ServiceError, Unavailable
from connector_kit.pages import decode_cursor, encode_cursor, fingerprint
from snowflake_mcp.client.engine import checked_id
from snowflake_mcp.client.exports import Export, export, target
from snowflake_mcp.client.plans import Plan, plan_of
from snowflake_mcp.client.refusals import Cancelled
from snowflake_mcp.guard import Statement, examine, written
from snowflake_mcp.models import Column, Context, QueryStatus, Result, Running

if TYPE_CHECKING:
    from pydantic import JsonValue

    from snowflake_mcp.client.catalog import Catalog
    from snowflake_mcp.client.engine import Engine

PATIENCE: Final = 40.0
"""Seconds that a call waits for a statement; what takes longer goes on and is asked for by its id."""

_LAST_SECONDS: Final = 4.0
"""What is kept of a call for giving a file its name."""
_STOP_SECONDS: Final = 5.0
_UNSUPPORTED: Final = "SQL state 0A000"
_REMEMBERED: Final = 1_000
_CURSOR: Final = "rows"
_HISTORY: Final = (
    "SELECT query_text FROM TABLE(information_schema.query_history_by_user(result_limit => 10000)) WHERE query_id = ?"
)


@dataclass(frozen=True, slots=True)
class Explained:
    """A statement that was not run: what it is, and its plan, else its columns. `why_not` says why there is no plan."""

    statement: Statement
    plan: Plan | None = None
    columns: tuple[Column, ...] | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class _Begun:
    """Where a statement was begun, and the mark of its text; `ours` if this process examined and began it."""

    context: Context
    sql: str = ""
    ours: bool = True


class Queries:
    """What the tools do with a query. Methods raise ServiceError."""

    def __init__(self, engine: "Engine", catalog: "Catalog") -> None:
        """The `catalog` says of a missing table or column which may have been meant."""
        self.engine = engine
        self._catalog = catalog
        self._begun: OrderedDict[str, _Begun] = OrderedDict()

    async def run(self, sql: str, *, context: Context, rows: int, cursor: str = "") -> Result | Running:
        """The first `rows` rows of a statement that only reads; with a cursor those that follow, without running it.

        A statement that takes longer than a call may goes on at Snowflake. Raises InvalidInput for a cursor of
        another statement.
        """
        if cursor:
            query_id, offset = self._opened(cursor, sql=_mark(sql))
            return await self._page(query_id, offset, rows, PATIENCE)
        statement = await self.engine.examined(sql, "read", context)
        async with self._catalog.suggesting(statement, context):
            query_id = await self._begin(statement, context, _mark(sql))
            try:
                return await self._page(query_id, 0, rows, PATIENCE)
            except asyncio.CancelledError:
                await self._stop(query_id, context)
                raise
            except (Unavailable, RateLimited) as error:
                goes_on = f"The query itself goes on: ask for its rows by snowflake_get_query, query_id={query_id}."
                error.next_step = f"{error.next_step} {goes_on}".strip()
                raise

    async def submit(self, sql: str, *, context: Context) -> str:
        """Begin a statement that only reads; answers its query id."""
        statement = await self.engine.examined(sql, "read", context)
        async with self._catalog.suggesting(statement, context):
            return await self._begin(statement, context, _mark(sql))

    async def result(
        self, query_id: str, *, rows: int, wait: float = 0.0, cursor: str = ""
    ) -> Result | Running | QueryStatus:
        """Rows of a statement by its query id, the first or those at a cursor; else how it stands.

        A statement that still runs is given `wait` seconds.
        """
        query_id = checked_id(query_id)
        offset = 0
        if cursor:
            found, offset = self._opened(cursor)
            if found != query_id:
                raise InvalidInput(
                    "The result cannot be continued.",
                    fields={"cursor": f"belongs to query {found}"},
                    next_step="Pass the cursor with its own query id, or none to begin with the first row.",
                )
        context = self._place(query_id)
        status = await self.engine.status(query_id, context=context)
        if status.state == "succeeded" or (status.state in ("running", "queued") and wait):
            return await self._page(query_id, offset, rows, wait or PATIENCE)
        return await self._told(status) if status.state == "failed" else status

    def next_cursor(self, result: Result, shown: int) -> str | None:
        """The cursor of the rows that follow the `shown` first ones of a page; None if there are none."""
        if shown >= len(result.rows) and not result.more:
            return None
        begun = self._begun.get(result.query_id, _Begun(self.engine.context()))
        place = begun.context
        state: dict[str, JsonValue] = {"q": result.query_id, "n": result.offset + shown, "s": begun.sql}
        if place != self.engine.context():
            state["c"] = [place.role, place.warehouse, place.database, place.schema]
        return encode_cursor(_CURSOR, state)

    async def cancel(self, query_id: str) -> bool:
        """Stop a running statement that only reads; False if it was over.

        One that this server did not begin is looked up in the user's history, and left alone unless it is a read.
        """
        query_id = checked_id(query_id)
        context = self._place(query_id)
        if not self._is_ours(query_id):
            await self._require_read(query_id, context)
        return await self.engine.cancel(query_id, context=context)

    async def explain(self, sql: str, *, context: Context) -> Explained:
        """What a statement would do, without running it: Snowflake's plan, else the columns of its result.

        A change may be explained as well.
        """
        statement = await self.engine.examined(sql, "destroy", context)
        why_not = f"EXPLAIN takes queries, INSERT, UPDATE, DELETE and MERGE, not {statement.verb}."
        if statement.verb == "EXPLAIN":
            raise InvalidInput("The plan is asked for already.", fields={"sql": "begins with EXPLAIN: leave it out"})
        if statement.explainable:
            try:
                async with self._catalog.suggesting(statement, context):
                    records = await self.engine.read(f"EXPLAIN USING TABULAR {statement.sql}", context=context)
                return Explained(statement, plan=plan_of(records.records()))
            except InvalidInput as error:
                if not statement.describable and _UNSUPPORTED not in error.message:
                    raise
                why_not = error.message
        if not statement.describable:
            return Explained(statement, why_not=why_not)
        async with self._catalog.suggesting(statement, context):
            # A mistake in the statement itself is told by this, with its place.
            columns = await self.engine.describe(statement.sql, context=context)
        return Explained(statement, columns=columns, why_not=why_not)

    async def export(self, query: str, file: str, *, limit: int) -> Export | Running:
        """Write a result to the new file of this name, which ends in .csv or .jsonl; `limit` rows at most.

        `query` is a statement that only reads, or the id of one that has succeeded. If it still runs when the call's
        time is over, nothing is written.
        """
        begun = time.monotonic()
        to = await anyio.to_thread.run_sync(target, self.engine.settings, file)
        if is_query_id(query):
            answer = await self._page(checked_id(query), 0, 1, PATIENCE)
        else:
            answer = await self.run(query, context=self.engine.context(), rows=1)
        if isinstance(answer, Running):
            return answer
        stream = self.engine.stream(answer.query_id, context=self._place(answer.query_id))
        left = min(self.engine.settings.timeout - (time.monotonic() - begun), trace.seconds_left()) - _LAST_SECONDS
        return await export(stream, to, limit=limit, seconds=max(left, 0.1))

    async def _begin(self, statement: Statement, context: Context, mark: str) -> str:
        """Begin an examined statement; if the call is cancelled meanwhile, it is stopped when its id is known."""
        beginning = asyncio.ensure_future(self.engine.submit(statement.sql, context=context))
        try:
            query_id = await asyncio.shield(beginning)
        except asyncio.CancelledError:
            with anyio.move_on_after(_STOP_SECONDS, shield=True), suppress(ServiceError):
                await self._stop(await beginning, context)
            raise
        self._remember(query_id, _Begun(context, mark))
        return query_id

    async def _page(self, query_id: str, offset: int, rows: int, wait: float) -> Result | Running:
        return await self.engine.page(
            query_id, context=self._place(query_id), offset=offset, rows=rows, wait=min(wait, PATIENCE)
        )

    async def _stop(self, query_id: str, context: Context) -> None:
        """Stop a statement that nobody waits for any more, whatever becomes of the call."""
        with anyio.move_on_after(_STOP_SECONDS, shield=True), suppress(ServiceError):
            await self.engine.cancel(query_id, context=context)

    async def _told(self, status: QueryStatus) -> QueryStatus:
        """A failure as its result tells it: with number and place, and whether it was a cancellation."""
        try:
            await self._page(status.query_id, 0, 1, PATIENCE)
        except Cancelled:
            return QueryStatus(status.query_id, "cancelled")
        except InvalidInput as error:
            return QueryStatus(status.query_id, "failed", error.message)
        except ServiceError as error:
            return QueryStatus(status.query_id, "failed", status.message or error.message)
        return status

    def _opened(self, cursor: str, *, sql: str = "") -> tuple[str, int]:
        """The query and the row at which a cursor goes on; `sql` is the mark of the statement that it must be of."""
        state = decode_cursor(_CURSOR, cursor)
        query_id, row, mark, place = (state.get(name) for name in ("q", "n", "s", "c"))
        known = place is None or (isinstance(place, list) and len(place) == 4)
        if not isinstance(query_id, str) or not isinstance(row, int) or not known:
            raise InvalidInput("The result cannot be continued.", fields={"cursor": "is not one that this server gave"})
        if sql and mark != sql:
            raise InvalidInput(
                "The result cannot be continued.",
                fields={"cursor": "belongs to another statement"},
                next_step="Pass the same sql as then, or read on with snowflake_get_query and the query id.",
            )
        query_id = checked_id(query_id)
        if query_id not in self._begun and not self._limited:
            names = cast("list[object]", place or [""] * 4)
            role, warehouse, database, schema = (written(str(name)) if name else "" for name in names)
            context = self.engine.context(role=role, warehouse=warehouse, database=database, schema=schema)
            self._remember(query_id, _Begun(context, str(mark or ""), ours=False))
        return query_id, max(row, 0)

    def _remember(self, query_id: str, begun: _Begun) -> None:
        self._begun[query_id] = begun
        self._begun.move_to_end(query_id)
        while len(self._begun) > _REMEMBERED:
            self._begun.popitem(last=False)

    def _is_ours(self, query_id: str) -> bool:
        begun = self._begun.get(query_id)
        return begun is not None and begun.ours

    @property
    def _limited(self) -> bool:
        """Whether the user named the only databases or roles: a result says nothing of those that it came from."""
        return bool(self.engine.databases.allowed or self.engine.settings.roles)

    def _place(self, query_id: str) -> Context:
        """Where to ask for a statement. Raises NotPermitted for one that may touch what is not allowed."""
        if self._limited and not self._is_ours(query_id):
            raise NotPermitted(
                "This server did not begin the query, or was started anew since.",
                fields={"query_id": "SNOWFLAKE_DATABASES or SNOWFLAKE_ROLES is set, and what it read is not known"},
                next_step="Run the statement again with snowflake_run_query.",
            )
        begun = self._begun.get(query_id)
        return begun.context if begun else self.engine.context()

    async def _require_read(self, query_id: str, context: Context) -> None:
        """Raise NotPermitted unless the user's history has the statement, and it only reads."""
        ask = "Ask the user to stop it in Snowsight, under Monitoring > Query History."
        try:
            found = await self.engine.read(_HISTORY, context=context, binds=(query_id,), rows=1)
        except ServiceError as error:
            raise NotPermitted(
                f"The query was not stopped: this server did not begin it, and cannot look it up. {error.message}",
                next_step=ask,
            ) from error
        if not found.rows:
            raise NotPermitted(
                "The query was not stopped: this server did not begin it, and the last queries of this user do not "
                "have it.",
                next_step=ask,
            )
        if examine(str(found.rows[0][0]), functions=self.engine.settings.functions).kind != "read":
            raise NotPermitted(
                "The query was not stopped: it is no query that only reads, and stopping it would undo its work.",
                next_step=ask,
            )


def is_query_id(text: str) -> bool:
    """Whether a text is a query id rather than a statement."""
    return re.fullmatch(r"\s*[0-9a-fA-F-]{36}\s*", text) is not None


def _mark(sql: str) -> str:
    return fingerprint(sql.strip().rstrip(";").rstrip())
