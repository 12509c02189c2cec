"""What was run: the history of queries, what the account's use cost, how loaded a warehouse was.

https://docs.snowflake.com/en/sql-reference/account-usage/query_history,
https://docs.snowflake.com/en/sql-reference/functions/query_history
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from connector_kit.errors import InvalidInput
from connector_kit.pages import decode_cursor, encode_cursor, fingerprint
from connector_kit.windows import Window
from snowflake_mcp.client.account_usage import (
    LATE,
    AccountUsage,
    NotGranted,
    Row,
    moment,
    read_window,
    timestamp,
    within,
)
from snowflake_mcp.client.costs import By, Costs, costs_of
from snowflake_mcp.client.loads import Load, load_of

if TYPE_CHECKING:
    from pydantic import JsonValue

    from snowflake_mcp.client.engine import Engine

Status = Literal["failed", "running", "succeeded"]
Source = Literal["view", "function"]

FUNCTION_DAYS: Final = timedelta(days=7)
FUNCTION_ROWS: Final = 10_000
"""How far back the function reaches, and how many statements it tells of at most."""

_CURSOR: Final = "queries"
_RECENT: Final = timedelta(hours=1)
"""A window that begins later than this is one the view has hardly anything of."""

_TEXT: Final = 200
# What is computed is not named as what it is computed from: conditions mean the columns.
_COLUMNS: Final = f"""query_id, LEFT(query_text, {_TEXT}) AS begins, user_name, warehouse_name, query_tag,
  start_time, total_elapsed_time, queued_overload_time, bytes_scanned, rows_produced,
  execution_status, error_code, LEFT(error_message, {_TEXT}) AS why"""
_STATUS: Final[dict[Status, str]] = {
    # The view has FAIL and INCIDENT, the function FAILED_WITH_ERROR and FAILED_WITH_INCIDENT.
    "failed": "(UPPER(execution_status) LIKE 'FAIL%' OR UPPER(execution_status) LIKE '%INCIDENT%')",
    "succeeded": "UPPER(execution_status) = 'SUCCESS'",
    "running": "UPPER(execution_status) IN ('RUNNING', 'QUEUED', 'BLOCKED', 'RESUMING_WAREHOUSE')",
}


_VIEW_NOTE: Final = f"SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY: the whole account, {LATE['QUERY_HISTORY']}"
_FUNCTION_NOTE: Final = (
    "INFORMATION_SCHEMA.QUERY_HISTORY: at once, but only queries of this user and of warehouses that the role may "
    f"monitor, of the last 7 days, among the newest {FUNCTION_ROWS:,}"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which queries are meant; what is empty or zero does not matter. `longer_than` is in seconds."""

    window: str = "7d"
    user: str = ""
    warehouse: str = ""
    status: Status | None = None
    text: str = ""
    tag: str = ""
    longer_than: float = 0.0


@dataclass(frozen=True, slots=True)
class PastQuery:
    """A query that was run, or runs; `text` is its beginning. `seconds` are from its start to its end or to now."""

    query_id: str
    text: str
    user: str
    warehouse: str
    tag: str
    started: datetime | None
    seconds: Decimal
    queued: Decimal
    scanned: int
    rows: int
    status: str
    error: str


class History:
    """What the tools ask of an account's past. Methods raise ServiceError.

    Where the role may not read the views of the whole account, they say so and answer with what it may see.
    """

    def __init__(self, engine: "Engine", clock: Callable[[], float] = time.time) -> None:
        """Nothing is sent yet. `clock` tells seconds since 1970."""
        self._usage = AccountUsage(engine)
        self._databases = tuple(sorted({database for database, _ in engine.databases.allowed}))
        self._clock = clock

    async def queries(self, asked: Asked, *, limit: int, cursor: str = "") -> "QueryPage":
        """Up to `limit` queries, the newest first.

        Raises NotGranted where neither the view nor the function can be read, InvalidInput for a wrong window or
        cursor.
        """
        question = fingerprint(
            asked.window.strip(), asked.user, asked.warehouse, asked.status, asked.text, asked.tag, asked.longer_than
        )
        if cursor:
            place = _Place.of(decode_cursor(_CURSOR, cursor, question))
        else:
            place = _Place(*read_window(asked.window, now=self._clock()))
        rows, place, notes = await self._rows(asked, place, limit + 1)
        items = tuple(map(_query, rows[:limit]))
        return QueryPage(items, len(rows) > limit, notes, place, question)

    async def costs(self, by: By, *, window: str, warehouse: str = "", limit: int = 20) -> Costs:
        """Credits that were used, by what used them, the most expensive first."""
        return await costs_of(
            self._usage, by, read_window(window, now=self._clock()), warehouse, limit, now=self._clock()
        )

    async def load(self, warehouse: str, *, window: str) -> Load:
        """How many queries ran and waited in a warehouse, the session's by default, and how it is set up.

        Raises NotFound, naming those there are, for a warehouse that the role does not see.
        """
        return await load_of(self._usage, warehouse, read_window(window, now=self._clock()), now=self._clock())

    async def _rows(self, asked: Asked, place: "_Place", limit: int) -> "tuple[list[Row], _Place, tuple[str, ...]]":
        now = datetime.fromtimestamp(self._clock(), UTC)
        sources: tuple[Source, ...] = ("view", "function")
        if place.source:
            sources = (place.source,)
        elif asked.status == "running":
            # The view has only what is over.
            sources = ("function",)
        elif place.first is not None and now - place.first < _RECENT:
            sources = ("function", "view")
        refused: list[NotGranted] = []
        for source in sources:
            try:
                if source == "view":
                    rows = await self._usage.view("QUERY_HISTORY", *_statement(asked, place, limit))
                    return rows, replace(place, source="view"), (_VIEW_NOTE,)
                statement = _statement(asked, place, limit, self._databases)
                rows = await self._usage.function(_call(place, now), *statement)
                only = f"Only queries that ran in {', '.join(self._databases)}: SNOWFLAKE_DATABASES is set"
                notes = (_FUNCTION_NOTE, *([only] if self._databases else []), *map(str, refused))
                return rows, replace(place, source="function"), notes
            except NotGranted as error:
                refused.append(error)
        raise refused[0]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a list goes on: in which window, before which query, read from where."""

    first: datetime | None
    last: datetime | None
    source: Source | None = None
    before: datetime | None = None
    before_id: str = ""

    @classmethod
    def of(cls, state: "dict[str, JsonValue]") -> "_Place":
        """From a cursor. Raises InvalidInput for one that says something else."""

        def time_of(name: str) -> datetime | None:
            said = state.get(name)
            return datetime.fromisoformat(str(said)) if said else None

        try:
            source: Source = "function" if state.get("s") == "function" else "view"
            return cls(time_of("f"), time_of("l"), source, time_of("b"), str(state.get("i") or ""))
        except ValueError:
            raise InvalidInput("The list cannot be continued.", fields={"cursor": "is not one of ours"}) from None

    def state(self) -> "dict[str, JsonValue]":
        """As a cursor holds it."""
        times = {"f": self.first, "l": self.last, "b": self.before}
        state: dict[str, JsonValue] = {name: moment(time) for name, time in times.items() if time}
        return {**state, "s": self.source or "view", "i": self.before_id}


@dataclass(frozen=True, slots=True)
class QueryPage:
    """Queries, the newest first, and what has to be said about where they were read."""

    items: tuple[PastQuery, ...]
    more: bool
    notes: tuple[str, ...]
    _place: _Place
    _question: str

    def cursor(self, shown: int) -> str | None:
        """Where the list goes on after its first `shown` items; None if it is over."""
        if not shown or (shown >= len(self.items) and not self.more):
            return None
        last = self.items[shown - 1]
        if last.started is None:
            return None
        state = replace(self._place, before=last.started, before_id=last.query_id).state()
        return encode_cursor(_CURSOR, state, self._question)


def _call(place: _Place, now: datetime) -> str:
    """The function for a window. Raises NotGranted for one that it does not reach."""
    earliest = now - FUNCTION_DAYS + timedelta(minutes=1)
    if place.last is not None and place.last < earliest:
        raise NotGranted(
            "INFORMATION_SCHEMA.QUERY_HISTORY reaches back 7 days only.", next_step="Ask for a later window."
        )
    arguments = [f"END_TIME_RANGE_START => {timestamp(max(place.first or earliest, earliest))}"]
    # It goes by the end of queries: hardly one ends later than a day after the window.
    if place.last is not None and (end := place.last + timedelta(days=1)) < now:
        arguments.append(f"END_TIME_RANGE_END => {timestamp(end)}")
    return f"QUERY_HISTORY({', '.join(arguments)}, RESULT_LIMIT => {FUNCTION_ROWS})"


def _statement(asked: Asked, place: _Place, limit: int, databases: Sequence[str] = ()) -> tuple[str, list[object]]:
    """The SELECT for a question, its source left open, and its values; of queries in some `databases` only."""
    conditions, binds = within(Window(place.first, place.last))
    if databases:
        conditions.append(f"database_name IN ({', '.join('?' * len(databases))})")
        binds += databases
    if place.before:
        conditions.append(
            "(start_time < CAST(? AS TIMESTAMP_LTZ) OR (start_time = CAST(? AS TIMESTAMP_LTZ) AND query_id < ?))"
        )
        binds += [moment(place.before), moment(place.before), place.before_id]
    for column, value in (("user_name", asked.user), ("warehouse_name", asked.warehouse)):
        if value:
            conditions.append(f"UPPER({column}) = UPPER(?)")
            binds.append(value.strip().strip('"'))
    for column, value in (("query_text", asked.text), ("query_tag", asked.tag)):
        if value:
            conditions.append(f"CONTAINS(UPPER({column}), UPPER(?))")
            binds.append(value)
    if asked.status:
        conditions.append(_STATUS[asked.status])
    if asked.longer_than > 0:
        conditions.append("total_elapsed_time > ?")
        binds.append(round(asked.longer_than * 1000))
    where = f"WHERE {' AND '.join(conditions)}\n" if conditions else ""
    sql = f"SELECT {_COLUMNS}\nFROM {{source}}\n{where}ORDER BY start_time DESC, query_id DESC LIMIT {limit:d}"
    return sql, binds


def _query(row: Row) -> PastQuery:
    started = row.get("start_time")
    code, message = (_text(row.get(name)) for name in ("error_code", "why"))
    return PastQuery(
        query_id=_text(row.get("query_id")),
        text=_text(row.get("begins")),
        user=_text(row.get("user_name")),
        warehouse=_text(row.get("warehouse_name")),
        tag=_text(row.get("query_tag")),
        started=started if isinstance(started, datetime) else None,
        seconds=_seconds(row.get("total_elapsed_time")),
        queued=_seconds(row.get("queued_overload_time")),
        scanned=_whole(row.get("bytes_scanned")),
        rows=_whole(row.get("rows_produced")),
        status=_status(_text(row.get("execution_status")).upper()),
        error=f"{code} {message}".strip(),
    )


def _status(said: str) -> str:
    if said == "SUCCESS":
        return "succeeded"
    if said.startswith("FAIL") or "INCIDENT" in said:
        return "failed"
    return said.lower().replace("_", " ")


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _whole(value: object) -> int:
    return int(value) if isinstance(value, (int, float, Decimal)) else 0


def _seconds(value: object) -> Decimal:
    return Decimal(_whole(value)) / 1000
