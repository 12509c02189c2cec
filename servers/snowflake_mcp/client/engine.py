"""Running statements: in the right session, tagged, bounded in time, stopped when nobody waits any more."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

import anyio

from connector_kit import trace
from connector_kit.errors import InvalidInput, NotPermitted, TimedOut, Unavailable
from snowflake_mcp.client.driver import Answer, DriverError, Session
from snowflake_mcp.client.exclusive import Exclusive
from snowflake_mcp.client.refusals import explain, is_ambiguous, is_expired
from snowflake_mcp.client.sessions import Sessions
from snowflake_mcp.guard import Databases, Statement, examine
from snowflake_mcp.guard.names import identifier
from snowflake_mcp.guard.statement import Kind
from snowflake_mcp.models import Column, Context, QueryStatus, Result, Running
from snowflake_mcp.settings import SnowflakeSettings

T = TypeVar("T")

MARGIN: Final = 2.0
"""Seconds of a call that are kept for stopping a statement and telling about it."""
SANDBOX_SECONDS: Final = 180.0
STREAM_ROWS: Final = 1_000
_QUERY_ID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Stream:
    """A result to be read to its end, a part in memory at a time."""

    query_id: str
    columns: tuple[Column, ...]
    total: int | None
    _answer: Answer

    def __aiter__(self) -> AsyncIterator[list[tuple[object, ...]]]:
        return self._read()

    async def _read(self) -> AsyncGenerator[list[tuple[object, ...]]]:
        try:
            async for part in self._answer.parts(STREAM_ROWS):
                yield part
        except DriverError as error:
            raise explain(error) from error


class Engine:
    """Statements of one account. Methods raise ServiceError, phrased for a model.

    A reading method repeats what it asked once if the session was over or the way to Snowflake failed; what may have
    changed something runs in an `exclusive` session and is not repeated.
    """

    def __init__(
        self,
        settings: SnowflakeSettings,
        open_session: Callable[[Context], Awaitable[Session]],
        *,
        version: str = "",
    ) -> None:
        """Nothing is sent yet. `version` is told in the tags of statements."""
        self.settings = settings
        self.databases = Databases.of(settings.databases)
        self._open = open_session
        self._sessions = Sessions(open_session)
        self._version = version
        self._who: str | None = None

    @property
    def who(self) -> str | None:
        """USER@ACCOUNT, once a session was begun."""
        return self._who

    async def aclose(self) -> None:
        """Log out; statements that were submitted go on."""
        await self._sessions.aclose()

    def context(self, *, role: str = "", warehouse: str = "", database: str = "", schema: str = "") -> Context:
        """Where a call runs: what it asks for, else what the settings say.

        Raises InvalidInput for what is no name, NotPermitted for what an allowlist leaves out; both name the field.
        """
        settings = self.settings
        asked = {"role": role, "warehouse": warehouse, "database": database, "schema": schema}
        kept = {name: _kept(value, name) for name, value in asked.items()}
        _allowed("role", kept["role"], settings.roles, "SNOWFLAKE_ROLES")
        _allowed("warehouse", kept["warehouse"], settings.warehouses, "SNOWFLAKE_WAREHOUSES")
        # A schema of the settings is one of their database.
        usual_schema = settings.default_schema if not database else None
        found = Context(
            kept["role"] or _kept(_usual(settings.role, settings.roles), "role"),
            kept["warehouse"] or _kept(_usual(settings.warehouse, settings.warehouses), "warehouse"),
            kept["database"] or _kept(settings.database or "", "database"),
            kept["schema"] or _kept(usual_schema or "", "schema"),
        )
        if (
            database
            and self.databases.allowed
            and not any(found.database == name for name, _ in self.databases.allowed)
        ):
            raise NotPermitted(
                f"The database {found.database} is not one that tools may touch.",
                fields={"database": f"SNOWFLAKE_DATABASES allows {self.databases}"},
            )
        return found

    async def where(self, context: Context) -> Context:
        """What a session of this context really has, with the user's defaults filled in."""
        return await self._reading(context, _context_of)

    async def examined(self, sql: str, most: Kind, context: Context) -> Statement:
        """What a statement is, if it is at most of the kind `most` and touches only what is allowed.

        Raises InvalidInput or NotPermitted, with the reason.
        """
        statement = await asyncio.to_thread(examine, sql, functions=self.settings.functions)
        statement.require(most)
        if self.databases.allowed:
            place = context if context.database and context.schema else await self.where(context)
            self.databases.check(statement, database=place.database or None, schema=place.schema or None)
        return statement

    async def read(self, sql: str, *, context: Context, binds: Sequence[object] = (), rows: int = 10_000) -> Result:
        """Run a statement that changes nothing and answer up to `rows` of its rows.

        `binds` are the values of its `?`. Raises TimedOut when the call's time is over; the statement is stopped then.
        """

        async def ask(session: Session) -> Result:
            answer = await session.run(sql, binds, self._parameters())
            return await _first(answer, session, 0, rows)

        return await self._reading(context, ask)

    async def submit(self, sql: str, *, context: Context, binds: Sequence[object] = ()) -> str:
        """Begin a statement that changes nothing; answers its query id."""

        async def ask(session: Session) -> str:
            return await session.submit(sql, binds, self._parameters())

        query_id = await self._reading(context, ask)
        trace.note(_Noted(query_id))
        return query_id

    async def page(
        self, query_id: str, *, context: Context, offset: int = 0, rows: int = 1_000, wait: float | None = None
    ) -> Result | Running:
        """Rows of a statement's result by its query id, from row `offset` on; or that it still runs after `wait`."""
        query_id = checked_id(query_id)
        seconds = self._seconds() if wait is None else min(wait, self._seconds())

        async def ask(session: Session) -> Result:
            answer = await session.result(query_id)
            return await _first(answer, session, offset, rows)

        try:
            return await self._reading(context, ask, seconds=seconds)
        except _WaitOver:
            return Running(query_id, seconds)

    @asynccontextmanager
    async def stream(self, query_id: str, *, context: Context) -> AsyncGenerator[Stream]:
        """The whole result of a finished statement, read part by part."""
        query_id = checked_id(query_id)
        async with self._sessions_of(context) as session:
            answer = await session.result(query_id)
            yield Stream(query_id, answer.columns, answer.total, answer)

    async def status(self, query_id: str, *, context: Context) -> QueryStatus:
        """How a statement stands, by its query id."""
        query_id = checked_id(query_id)
        return await self._reading(context, lambda session: session.status(query_id))

    async def cancel(self, query_id: str, *, context: Context) -> bool:
        """Stop a running statement; False if it was over."""
        query_id = checked_id(query_id)
        return await self._reading(context, lambda session: session.abort(query_id))

    async def describe(self, sql: str, *, context: Context, binds: Sequence[object] = ()) -> tuple[Column, ...]:
        """The columns that a statement would answer; it is compiled, not run."""
        return await self._reading(context, lambda session: session.describe(sql, binds))

    @asynccontextmanager
    async def exclusive(self, context: Context) -> AsyncGenerator[Exclusive]:
        """A session of its own for what changes something, logged out afterwards."""
        try:
            async with asyncio.timeout(self._seconds()):
                session = await self._open(context)
        except TimeoutError:
            raise _login_late(self.settings) from None
        except DriverError as error:
            raise explain(error, way=self.settings.way) from error
        self._who = session.who
        own = Exclusive(session, self._parameters, self._seconds)
        try:
            yield own
        finally:
            # Nor must a call that is cancelled leave a session open.
            with anyio.CancelScope(shield=True):
                await own.aclose()

    async def _reading(
        self, context: Context, ask: Callable[[Session], Awaitable[T]], *, seconds: float | None = None
    ) -> T:
        """Ask in the session of a context, and once more in a new one if that was over or the way failed."""
        tries = 0
        await self._signed_in(context)
        left = self._seconds()
        try:
            async with asyncio.timeout(left if seconds is None else min(seconds, left)):
                while True:
                    tries += 1
                    async with self._sessions_of(context) as session:
                        try:
                            return await ask(session)
                        except DriverError as error:
                            again = is_expired(error) or is_ambiguous(error)
                            if again:
                                self._sessions.drop(session)
                            if not again or tries > 1:
                                raise
        except TimeoutError:
            raise _WaitOver(
                "Snowflake did not answer in the time that a call may take; the statement was stopped.",
                next_step="Narrow it, or begin it with snowflake_submit_query and ask for it later.",
            ) from None

    async def _signed_in(self, context: Context) -> None:
        """Begin the session of a context if there is none: a login may wait for a person, a statement did not run."""
        try:
            async with asyncio.timeout(self._seconds()), self._sessions_of(context):
                return
        except TimeoutError:
            raise _login_late(self.settings) from None

    @asynccontextmanager
    async def _sessions_of(self, context: Context) -> AsyncGenerator[Session]:
        """The session of a context, in which an error of the connector becomes what a model is told."""
        try:
            async with self._sessions.use(context) as session:
                self._who = session.who
                yield session
        except DriverError as error:
            raise explain(error, way=self.settings.way) from error

    def _seconds(self) -> float:
        """How long to wait: a call for as long as it may take, a person at a terminal for the sandbox's packages."""
        if self.settings.sandbox and trace.current_trace.get() is None:
            return SANDBOX_SECONDS
        return max(min(self.settings.timeout, trace.seconds_left()) - MARGIN, 0.1)

    def _parameters(self) -> Mapping[str, object]:
        return {
            "QUERY_TAG": self._tag(),
            "STATEMENT_TIMEOUT_IN_SECONDS": self.settings.statement_timeout,
        }

    def _tag(self) -> str:
        running = trace.current_trace.get()
        told = {
            "server": f"snowflake-mcp/{self._version}".rstrip("/"),
            "tool": running.tool if running else "",
            "client": running.client if running else "",
        }
        return json.dumps({name: value for name, value in told.items() if value}, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class _Noted:
    request_id: str | None


class _WaitOver(TimedOut):
    """Our own patience is over; the statement may go on."""


async def _context_of(session: Session) -> Context:
    return session.context


async def _first(answer: Answer, session: Session, offset: int, rows: int) -> Result:
    trace.note(_Noted(answer.query_id))
    found = await answer.rows(offset, rows)
    total = answer.total
    return Result(
        answer.query_id,
        answer.columns,
        found,
        offset,
        total,
        more=total is not None and offset + len(found) < total,
        context=session.context,
    )


def checked_id(query_id: str) -> str:
    """A query id, if it is one. Raises InvalidInput naming `query_id`."""
    text = query_id.strip()
    if not _QUERY_ID.fullmatch(text):
        raise InvalidInput(
            "This is no query id.", fields={"query_id": "has 36 characters, like 01b2c3d4-0000-1a2b-0000-000100020003"}
        )
    return text


def _kept(name: str, field: str) -> str:
    """A name as Snowflake keeps it, "" for none."""
    if not name.strip():
        return ""
    text = identifier(name.strip(), parameter=field)
    return text[1:-1].replace('""', '"') if text.startswith('"') else text


def _usual(chosen: str | None, among: Sequence[str]) -> str:
    """What the settings choose, else the first of those that they allow: the user's default may be none of them."""
    return chosen or next(iter(among), "")


def _allowed(field: str, name: str, among: Sequence[str], variable: str) -> None:
    if name and among and name not in {_kept(each, field) for each in among}:
        raise NotPermitted(
            f"The {field} {name} is not one that a call may ask for.",
            fields={field: f"{variable} allows {', '.join(among)}"},
        )


def _login_late(settings: SnowflakeSettings) -> Unavailable:
    if settings.sandbox:
        return Unavailable(
            "The sandbox is not ready yet: its packages, about 130 MB, are fetched the first time.",
            next_step="Call again in a minute.",
        )
    if settings.way == "external_browser":
        return Unavailable(
            "Snowflake waits for the user to sign in in the browser.",
            next_step="Ask the user to finish that, then call again.",
        )
    return Unavailable("Snowflake did not answer the login in time.", next_step="Try again in a moment.")
