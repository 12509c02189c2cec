"""What is measured of the Snowflake server: its tools, usual answers, what it adds to a query, a million rows."""

import statistics
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, cast

import anyio

from mcp_suite import client_config
from mcp_suite.bench import latency
from mcp_suite.bench.figures import Figure, MeasurementError, spread, tokens
from mcp_suite.bench.latency import Ask, Case
from mcp_suite.bench.memory import resident
from mcp_suite.bench.service import Service
from mcp_suite.bench.services import Read
from mcp_suite.bench.wire import WireClient
from mcp_suite.isolated import Isolated, isolated
from mcp_suite.servers import Script

ROWS, TABLES, PAST = 100, 50, 20
MOST_ROWS, MOST_TABLES, MOST_PAST = 2500, 1500, 1500
MOST_MORE_MS = 25.0
MOST_GROWTH_MIB = 16.0
READS_PER_RUN = 10
PAGES = 10
MOST_MS = 30_000.0
"""What a call may take by the plan of the product."""
_WARM_UP = 3
_LARGE = "SELECT event_id, agent_name, event_type, tokens_used, succeeded FROM agent_events"
_CHANGE = "UPDATE phase_history SET estimated_days = {} WHERE phase_id = 0"
_COUNT = "SELECT COUNT(*) AS phases FROM phase_history WHERE phase_id <> {}"
_SMALL = "SELECT phase_id, phase_name, status, start_date, end_date FROM phase_history WHERE phase_id = {}"


def cases(service: Service, place: Isolated) -> Sequence[Case]:
    """The usual tools, on the sample's tables."""
    del service, place

    def change(number: int, ask: Ask) -> Mapping[str, Any]:
        sql = _CHANGE.format(number + 1)
        _, _, token = ask("snowflake_run_change", {"sql": sql}).partition("run=")
        return {"sql": sql, "run": token.split()[0]}

    def submitted(number: int, ask: Ask) -> Mapping[str, Any]:
        _, _, query = ask("snowflake_submit_query", {"sql": _SMALL.format(number)}).partition("query_id=")
        return {"query_id": query.partition(")")[0]}

    return [
        Case("snowflake_run_query", lambda n, _: {"sql": _SMALL.format(n % 8)}),
        Case("snowflake_explain_query", lambda n, _: {"sql": _SMALL.format(n)}),
        Case("snowflake_submit_query", lambda n, _: {"sql": _SMALL.format(n)}),
        Case("snowflake_get_query", submitted),
        Case("snowflake_list_queries", lambda n, _: {"window": "30d", "limit": 5 + n}),
        Case("snowflake_get_costs", lambda n, _: {"window": f"{n + 1}d"}),
        Case("snowflake_run_change", change),
        Case("snowflake_create_view", lambda n, _: {"name": f"measured_{n}", "query": _SMALL.format(n)}),
    ]


TOOLS = latency.Plan(MOST_MS, cases)
READS: Sequence[Read] = (
    ("snowflake_run_query", lambda n: {"sql": _SMALL.format(n % 8)}),
    ("snowflake_run_query", lambda n: {"sql": _COUNT.format(n % 8)}),
    ("snowflake_list_objects", lambda n: {"kind": "tables", "limit": 3 + n % 4}),
)


def answers(script: Script, runs: int) -> list[Figure]:
    """Make usual calls once in a fresh sandbox and count what comes back.

    Raises:
        MeasurementError: a call failed, or answered less than was asked for.
    """
    del runs
    with _serving(script) as (client, _):
        rows, _ = client.call("snowflake_run_query", {"sql": _LARGE, "limit": ROWS})
        if f"rows 1-{ROWS} of 1,000,000" not in rows:
            raise MeasurementError(f"{ROWS} rows were asked for: {rows[-200:]}")
        for number in range(TABLES - _tables(client)):
            name = f"measured_{number:02}"
            _change(
                client, f"CREATE TABLE {name} (id INT, name VARCHAR, made_on DATE) COMMENT = 'Measured, no. {number}'"
            )
        listed, _ = client.call("snowflake_list_objects", {"kind": "tables", "limit": TABLES})
        if f"returned {TABLES} " not in listed:
            raise MeasurementError(f"{TABLES} tables were asked for: {listed[-200:]}")
        past, _ = client.call("snowflake_list_queries", {"window": "30d", "limit": PAST})
        if f"returned {PAST} " not in past:
            raise MeasurementError(f"{PAST} queries were asked for: {past[-200:]}")
    return [
        _tokens(f"{ROWS} rows of 5 columns", rows, MOST_ROWS),
        _tokens(f"a schema of {TABLES} tables", listed, MOST_TABLES),
        _tokens(f"{PAST} past queries", past, MOST_PAST),
    ]


def overhead(script: Script, runs: int) -> list[Figure]:
    """Run small queries by the tool over stdio and by the connector alone, in turn, on one stand-in.

    Raises:
        MeasurementError: a query failed.
    """
    with _serving(script) as (client, place):
        tool, plain = anyio.run(_in_turn, client, place, runs * READS_PER_RUN)
    extra = [(one - other) * 1000 for one, other in zip(tool, plain, strict=True)]
    medians = statistics.median(tool) * 1000, statistics.median(plain) * 1000
    return [
        Figure(
            "overhead",
            "query over stdio, more than the plain connector",
            medians[0] - medians[1],
            "ms",
            MOST_MORE_MS,
            note=f"medians: {medians[0]:.1f} against {medians[1]:.1f} ms",
            low=min(extra),
            high=max(extra),
            runs=len(extra),
        )
    ]


def large(script: Script, runs: int) -> list[Figure]:
    """Select a million rows and page through some of them; how long a page takes, and what stays in memory.

    Raises:
        MeasurementError: a query failed, or did not find its rows.
    """
    first: list[float] = []
    with _serving(script) as (client, place):
        client.call("snowflake_run_query", {"sql": _SMALL.format(0), "limit": ROWS})
        before = resident(client.pid)
        answer = ""
        for _ in range(runs):
            answer, took = client.call("snowflake_run_query", {"sql": _LARGE, "limit": ROWS})
            first.append(took * 1000)
        plain = anyio.run(_plain_first, place, runs)
        following: list[float] = []
        for _ in range(PAGES):
            _, _, cursor = answer.partition("next cursor: ")
            arguments = {"sql": _LARGE, "limit": ROWS, "cursor": cursor.split()[0] if cursor else ""}
            answer, took = client.call("snowflake_run_query", arguments)
            following.append(took * 1000)
        after = resident(client.pid)
    if "of 1,000,000; truncated: yes" not in answer:
        raise MeasurementError(f"a million rows were asked for: {answer[-200:]}")
    growth = None if before is None or after is None else after - before
    told = "not available on this system" if growth is None else f"from {before:.0f} MiB" if before else ""
    return [
        spread(
            "large", "first page of 1,000,000 rows", first, "ms", baseline=plain, note="against the plain connector"
        ),
        spread("large", "a page after that", following, "ms", note="by its cursor, nothing is run again"),
        Figure("large", "memory that 1,000,000 rows take", growth, "MiB", MOST_GROWTH_MIB, note=told),
    ]


@contextmanager
def _serving(script: Script) -> Generator[tuple[WireClient, Isolated]]:
    """A server on a sandbox of its own, which runs already."""
    with (
        isolated(script, client_config.sandbox_environment(script)) as place,
        WireClient(place.command, place.environment, place.folder, place.errors) as client,
    ):
        client.initialize()
        client.call("snowflake_run_query", {"sql": "SELECT 1"})
        yield client, place


def _tables(client: WireClient) -> int:
    listed, _ = client.call("snowflake_list_objects", {"kind": "tables", "limit": 1})
    _, _, count = listed.partition("returned 1 of ")
    return int(count.split()[0])


def _change(client: WireClient, sql: str) -> None:
    preview, _ = client.call("snowflake_run_change", {"sql": sql})
    _, _, token = preview.partition("run=")
    client.call("snowflake_run_change", {"sql": sql, "run": token.split()[0]})


@asynccontextmanager
async def _plainly(place: Isolated) -> AsyncGenerator[Callable[[str, int], Awaitable[float]]]:
    """The connector alone in a session with the same stand-in: runs a query, fetches rows, answers the seconds."""
    from snowflake.connector import aio

    from snowflake_mcp.sandbox import StandIn, connection_arguments

    # Where the server keeps it: it is running, and is joined.
    folder = Path(place.environment["MCP_SUITE_STATE_DIR"]) / "sandbox" / "snowflake"
    connect = cast("Callable[..., Awaitable[Any]]", aio.connect)
    async with StandIn(folder) as stand_in:
        connection = await connect(
            **connection_arguments(await stand_in.address()),
            client_store_temporary_credential=False,
            enable_server_session_keep_alive_auto_detection=False,
        )

        async def query(sql: str, rows: int) -> float:
            started = time.perf_counter()
            cursor = connection.cursor()
            await cursor.execute(sql)
            if not await cursor.fetchmany(rows):
                raise MeasurementError(f"no rows: {sql}")
            return time.perf_counter() - started

        try:
            yield query
        finally:
            await connection.close()


async def _in_turn(client: WireClient, place: Isolated, samples: int) -> tuple[list[float], list[float]]:
    tool: list[float] = []
    plain: list[float] = []
    async with _plainly(place) as query:
        for number in range(_WARM_UP + samples):
            sql = _SMALL.format(number % 8)
            if number % 2:
                plain.append(await query(sql, ROWS))
            tool.append(client.call("snowflake_run_query", {"sql": sql})[1])
            if not number % 2:
                plain.append(await query(sql, ROWS))
    return tool[_WARM_UP:], plain[_WARM_UP:]


async def _plain_first(place: Isolated, runs: int) -> list[float]:
    async with _plainly(place) as query:
        return [await query(_LARGE, ROWS) * 1000 for _ in range(runs)]


def _tokens(name: str, answer: str, most: int) -> Figure:
    return Figure("answers", name, tokens(len(answer.encode())), "tokens", most, note="bytes / 4")


def _latency(script: Script, runs: int) -> list[Figure]:
    return latency.measure(script, TOOLS, runs)


GROUPS = {"latency": _latency, "answers": answers, "overhead": overhead, "large": large}
