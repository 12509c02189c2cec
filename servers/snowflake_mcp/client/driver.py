"""The border to snowflake-connector-python: the one module that imports it, on the first login.

Its `aio` part is used as documented at https://docs.snowflake.com/en/developer-guide/python-connector; what it leaves
untyped gets its types here.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, cast

from snowflake_mcp.models import Column, Context, QueryState, QueryStatus
from snowflake_mcp.values import type_name

PIECE: Final = 5_000
"""Rows that are skipped at a time."""
STEP: Final = 200
"""Rows that are fetched at a time."""
MOST_WEIGHT: Final = 16 * 2**20
"""Characters after which no more rows are fetched at once."""

Arguments = Mapping[str, str | int | bool | bytes | Mapping[str, str]]
Kind = Literal["programming", "operational", "other"]

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 2.0
"""Seconds between questions for a result; Snowflake itself holds each one back for a while."""
_KINDS: Final = 100
"""Below it, a number without an SQL state is not Snowflake's: the connector tells what kind of trouble of its own."""

_LOOKING_AROUND: Final = "SNOWFLAKE_DISABLE_PLATFORM_DETECTION"

_STATES: Mapping[str, QueryState] = {
    "RUNNING": "running",
    "RESUMING_WAREHOUSE": "queued",
    "QUEUED": "queued",
    "QUEUED_REPARING_WAREHOUSE": "queued",
    "BLOCKED": "queued",
    "ABORTING": "running",
    "RESTARTED": "running",
    "SUCCESS": "succeeded",
    "FAILED_WITH_ERROR": "failed",
    "FAILED_WITH_INCIDENT": "failed",
    "ABORTED": "cancelled",
}


class DriverError(Exception):
    """An error of the connector: Snowflake's number, SQL state and query id where there are any."""

    def __init__(
        self,
        message: str,
        *,
        errno: int | None = None,
        sqlstate: str | None = None,
        query_id: str | None = None,
        kind: Kind = "other",
        closed: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.errno = errno
        self.sqlstate = sqlstate
        self.query_id = query_id
        self.kind: Kind = kind
        self.closed = closed
        """The connection is closed: nothing was sent."""


class _Rows(Protocol):
    """The rows of a part, as many as asked for at a time."""

    async def fetch_many(self, size: int) -> list[object]: ...


class Batch(Protocol):
    """A part of a result, not yet fetched."""

    @property
    def rowcount(self) -> int: ...


class _Cursor(Protocol):
    sfqid: str | None
    rowcount: int | None
    description: Sequence[Any] | None

    async def execute(self, operation: str, parameters: Sequence[object] | None = None, **options: Any) -> object: ...
    async def execute_async(
        self, command: str, params: Sequence[object] | None = None, **options: Any
    ) -> dict[str, str]: ...
    async def query_result(self, qid: str) -> object: ...
    async def describe(self, operation: str, parameters: Sequence[object] | None = None) -> Sequence[Any]: ...
    async def abort_query(self, qid: str) -> bool: ...
    async def get_result_batches(self) -> list[Batch] | None: ...


class _Connection(Protocol):
    role: str | None
    warehouse: str | None
    database: str | None
    schema: str | None
    user: str | None
    account: str | None

    def cursor(self) -> _Cursor: ...
    def is_closed(self) -> bool: ...
    async def get_query_status(self, sf_qid: str) -> Any: ...
    async def get_query_status_throw_if_error(self, sf_qid: str) -> Any: ...
    async def close(self, retry: bool = True) -> None: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """A result that is there: its columns, how many rows in all (None: not told), and its parts."""

    query_id: str
    columns: tuple[Column, ...]
    total: int | None
    batches: Sequence[Batch]

    @property
    def _counts_changes(self) -> bool:
        """Whether it is the one row of a statement that changes rows."""
        return bool(self.batches) and all(column.name.startswith("number of ") for column in self.columns)

    async def rows(self, offset: int, most: int) -> list[tuple[object, ...]]:
        """Up to `most` rows from `offset` on, fewer if they are very large; parts before it are not fetched.

        Raises DriverError.
        """
        found: list[tuple[object, ...]] = []
        skip, weight = offset, 0
        if self._counts_changes:
            # The connector says of it how many rows were changed, not how many it has.
            with translated(self.query_id):
                return [_row(row) for row in await (await _opened(self.batches[0])).fetch_many(1)]
        for batch in self.batches:
            untold = self._untold(batch)
            if skip >= batch.rowcount and not untold:
                skip -= batch.rowcount
                continue
            if len(found) >= most or weight >= MOST_WEIGHT:
                break
            wanted = most - len(found) if untold else min(most - len(found), batch.rowcount - skip)
            with translated(self.query_id):
                rows = await _opened(batch)
                while skip and (left_out := self._whole(batch, await rows.fetch_many(min(skip, PIECE)))):
                    skip -= len(left_out)
                while wanted > 0 and weight < MOST_WEIGHT:
                    step = min(wanted, STEP)
                    part = self._whole(batch, await rows.fetch_many(step), step)
                    if not part:
                        break
                    found += map(_row, part)
                    wanted -= len(part)
                    weight += sum(map(_weight, found[-len(part) :]))
        return found

    async def parts(self, size: int) -> AsyncIterator[list[tuple[object, ...]]]:
        """All rows in lists of at most `size`, a part in memory at a time. Raises DriverError."""
        for batch in self.batches:
            untold = self._untold(batch)
            left = batch.rowcount
            with translated(self.query_id):
                rows = await _opened(batch)
            while left > 0 or untold:
                with translated(self.query_id):
                    part = self._whole(batch, await rows.fetch_many(size if untold else min(size, left)))
                if not part:
                    break
                left -= len(part)
                yield [_row(row) for row in part]

    def _untold(self, batch: Batch) -> bool:
        """Whether the connector does not say how many rows there are: of some kinds of statements, for the first part.

        That part came with the answer, so that a look costs nothing.
        """
        return batch is self.batches[0] and batch.rowcount <= 0

    def _whole(self, batch: Batch, rows: list[object], wanted: int = 1) -> list[object]:
        """The rows, if at least `wanted` came: what is broken of a part, the connector takes for its end.

        The first part cannot be, and of a change it tells the rows that were changed for its own.
        """
        if len(rows) < wanted and batch is not self.batches[0]:
            raise DriverError("A part of the result came incomplete.", query_id=self.query_id)
        return rows


class Session:
    """A login, and statements in it. All methods raise DriverError."""

    def __init__(self, connection: _Connection, context: Context) -> None:
        self.asked = context
        self._connection = connection
        self.users = 0
        """Calls that use it just now."""

    @property
    def context(self) -> Context:
        """What the session has at present; "" for what it has not."""
        connection = self._connection
        return Context(
            connection.role or "", connection.warehouse or "", connection.database or "", connection.schema or ""
        )

    @property
    def who(self) -> str:
        """USER@ACCOUNT, as Snowflake names them."""
        return f"{self._connection.user or '?'}@{self._connection.account or '?'}"

    @property
    def closed(self) -> bool:
        """Whether it was closed, by us or by a failure."""
        return self._connection.is_closed()

    async def run(self, sql: str, binds: Sequence[object], parameters: Mapping[str, object]) -> Answer:
        """Run a statement and wait for its result; a cancelled wait cancels the statement.

        Binds that are lists, one for each column, run it for all rows at once: what the connector's own executemany
        sends, which takes no parameters.
        """
        cursor = self._connection.cursor()
        with translated():
            await cursor.execute(sql, tuple(binds) or None, _statement_params=dict(parameters))
        return await _answer(cursor, cursor.sfqid or "")

    async def submit(self, sql: str, binds: Sequence[object], parameters: Mapping[str, object]) -> str:
        """Begin a statement; answers its query id."""
        cursor = self._connection.cursor()
        with translated():
            begun = await cursor.execute_async(sql, tuple(binds) or None, _statement_params=dict(parameters))
        return begun["queryId"]

    async def result(self, query_id: str) -> Answer:
        """The result of a statement, waiting for it if it still runs."""
        cursor = self._connection.cursor()
        pause, over = FIRST_PAUSE, False
        while True:
            with translated(query_id):
                await cursor.query_result(query_id)
            # Of a statement that goes on, the connector makes a result without columns; each real one has some.
            if cursor.description is not None or over:
                return await _answer(cursor, query_id)
            over = (await self.status(query_id)).state not in ("running", "queued")
            if not over:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def describe(self, sql: str, binds: Sequence[object]) -> tuple[Column, ...]:
        """The columns that a statement would answer, without running it."""
        with translated():
            return _columns(await self._connection.cursor().describe(sql, tuple(binds) or None))

    async def status(self, query_id: str) -> QueryStatus:
        """How a statement stands."""
        with translated(query_id):
            name = str((await self._connection.get_query_status(query_id)).name)
        state = _STATES.get(name, "unknown")
        message = ""
        if state == "failed":
            try:
                with translated(query_id):
                    await self._connection.get_query_status_throw_if_error(query_id)
            except DriverError as error:
                message = error.message
        return QueryStatus(query_id, state, message)

    async def abort(self, query_id: str) -> bool:
        """Stop a statement; False if it was over."""
        with translated(query_id):
            return await self._connection.cursor().abort_query(query_id)

    async def close(self) -> None:
        """Log out; statements that were submitted go on."""
        with translated():
            await self._connection.close()


async def log_in(arguments: Arguments, context: Context) -> Session:
    """Begin a session. Raises DriverError."""
    with translated():
        aio = await asyncio.to_thread(_connector)
        with _not_looking_around():
            connection = await aio.connect(**arguments)
    return Session(cast("_Connection", connection), context)


@contextmanager
def _not_looking_around() -> Generator[None]:
    """Keep the connector from asking the machine's cloud, if it is in one, for its credentials and whereabouts.

    It does so once in a process, as it first connects, to tell Snowflake; a variable is the only way to prevent it.
    What the user has set holds, and nothing is left behind for children.
    """
    if _LOOKING_AROUND in os.environ:
        yield
        return
    os.environ[_LOOKING_AROUND] = "true"
    try:
        yield
    finally:
        os.environ.pop(_LOOKING_AROUND, None)


def _connector() -> Any:
    from snowflake.connector import aio

    return aio


async def _opened(batch: Batch) -> _Rows:
    """The rows of a part, fetched. The connector's own iteration of a part takes a thread for each row."""
    from snowflake.connector._internal.arrow_stream_async import create_async_row_iterator_from_stream_ptr

    part = cast("Any", batch)
    return create_async_row_iterator_from_stream_ptr(await part._take_arrow_stream_ptr(), context=part._arrow_context)


async def _answer(cursor: _Cursor, query_id: str) -> Answer:
    with translated(query_id):
        batches = await cursor.get_result_batches() or []
    told = cursor.rowcount
    counted = sum(batch.rowcount for batch in batches)
    total = told if told is not None and told >= counted else counted
    return Answer(query_id, _columns(cursor.description or ()), total, batches)


def _columns(description: Sequence[Any]) -> tuple[Column, ...]:
    return tuple(
        Column(str(item.name), type_name(int(item.type_code), item.precision, item.scale)) for item in description
    )


def _weight(row: tuple[object, ...]) -> int:
    return sum(len(cell) for cell in row if isinstance(cell, (str, bytes, bytearray)))


def _row(row: object) -> tuple[object, ...]:
    if isinstance(row, Exception):
        raise DriverError(f"A value of the result cannot be read: {row}")
    return cast("tuple[object, ...]", row)


class translated:  # noqa: N801 - reads as what it does where it is used
    """Errors of the connector inside of it become DriverError."""

    def __init__(self, query_id: str = "") -> None:
        self._query_id = query_id

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if error is None or not isinstance(error, Exception) or isinstance(error, (DriverError, TimeoutError)):
            return
        raise _translated(error, self._query_id) from None


def _translated(error: Exception, query_id: str) -> DriverError:
    from snowflake.connector import errors

    if not isinstance(error, errors.Error):
        return DriverError(f"{type(error).__name__}: {error}", query_id=query_id or None)
    number = error.errno
    kind: Kind = "other"
    if isinstance(error, errors.ProgrammingError):
        kind = "programming"
    elif isinstance(error, errors.OperationalError):
        kind = "operational"
    closed = isinstance(error, errors.InterfaceError) and "closed" in str(error).lower()
    return DriverError(
        str(error.raw_msg or error.msg or ""),
        errno=None if number < _KINDS and not error.sqlstate else number,
        sqlstate=error.sqlstate,
        query_id=error.sfqid or query_id or None,
        kind=kind,
        closed=closed or number == 251_008,
    )
