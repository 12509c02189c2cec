"""Running statements over the stand-in: sessions, pages, waiting, stopping, changing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from connector_kit.errors import InvalidInput, NotFound, NotPermitted
from snowflake_mcp.client import SnowflakeClient, connect
from snowflake_mcp.client.engine import Engine, checked_id
from snowflake_mcp.client.refusals import Cancelled, Missing, ResultGone
from snowflake_mcp.models import Context, Result, Running
from snowflake_mcp.sandbox import Address
from snowflake_mcp.settings import SnowflakeSettings

from .asking import asked

pytestmark = pytest.mark.anyio

ENDLESS = "SELECT SUM(a.duration_ms * b.duration_ms % 7) FROM agent_events a CROSS JOIN agent_events b"
NOBODY = "01b2c3d4-0000-1a2b-0000-000100020003"


@pytest.fixture
def engine(client: SnowflakeClient) -> Engine:
    return client.engine


async def test_check_says_who_where_and_as_what(client: SnowflakeClient) -> None:
    assert await client.check() == (
        "PM_OS_SERVICE@PM_OS_SANDBOX with role PM_OS_ANALYST, warehouse PM_OS_WH, PM_OS_ANALYTICS.PM_OS_ANALYTICS"
    )
    assert client.account == "PM_OS_SERVICE@PM_OS_SANDBOX"


async def test_a_read_answers_rows_with_exact_types(engine: Engine) -> None:
    result = await engine.read("SELECT 1 AS a, ? AS b, NULL AS c", context=engine.context(), binds=["x"])
    assert [column.name for column in result.columns] == ["A", "B", "C"]
    assert result.rows == [(1, "x", None)]
    assert (result.total, result.more, result.changed) == (1, False, None)
    assert result.records() == [{"a": 1, "b": "x", "c": None}]


async def test_a_large_result_is_paged_by_its_query_id(engine: Engine) -> None:
    place = engine.context()
    first = await asked(engine, "SELECT event_id FROM agent_events ORDER BY event_id", context=place, rows=100)
    assert isinstance(first, Result)
    assert (first.total, first.more, first.rows[0], first.rows[-1]) == (1_000_000, True, (1,), (100,))
    for offset in (100, 1_999, 2_000, 21_990, 500_000, 999_990):
        page = await engine.page(first.query_id, context=place, offset=offset, rows=20)
        assert isinstance(page, Result)
        wanted = range(offset + 1, min(offset + 20, 1_000_000) + 1)
        assert [row[0] for row in page.rows] == list(wanted)
        assert page.more == (offset + 20 < 1_000_000)
    beyond = await engine.page(first.query_id, context=place, offset=1_000_000)
    assert isinstance(beyond, Result)
    assert (beyond.rows, beyond.more) == ([], False)


async def test_very_large_rows_come_a_few_at_a_time(engine: Engine) -> None:
    place = engine.context()
    sql = "SELECT event_id, REPEAT('x', 100000) AS much FROM agent_events WHERE event_id <= 1000 ORDER BY 1"
    first = await asked(engine, sql, context=place)
    assert isinstance(first, Result)
    assert (first.total, len(first.rows), first.more) == (1_000, 200, True)
    rest = await engine.page(first.query_id, context=place, offset=200)
    assert isinstance(rest, Result)
    assert rest.rows[0][0] == 201


async def test_a_result_is_streamed_to_its_end(engine: Engine) -> None:
    place = engine.context()
    query_id = await engine.submit(
        "SELECT event_id FROM agent_events WHERE event_id <= 50000 ORDER BY 1", context=place
    )
    await engine.page(query_id, context=place, rows=1)
    seen: list[object] = []
    async with engine.stream(query_id, context=place) as stream:
        assert (stream.total, [column.name for column in stream.columns]) == (50_000, ["EVENT_ID"])
        async for part in stream:
            assert len(part) <= 1_000
            seen += [row[0] for row in part]
    assert seen == list(range(1, 50_001))


async def test_a_query_goes_on_when_the_wait_is_over_until_it_is_stopped(engine: Engine) -> None:
    place = engine.context()
    running = await asked(engine, ENDLESS, context=place, wait=0.5)
    assert isinstance(running, Running)
    assert (await engine.status(running.query_id, context=place)).state == "running"
    assert await engine.cancel(running.query_id, context=place)
    with pytest.raises(Cancelled):
        await engine.page(running.query_id, context=place)
    assert (await engine.status(running.query_id, context=place)).state == "cancelled"
    assert not await engine.cancel(running.query_id, context=place)


async def test_how_a_failed_query_stands(engine: Engine) -> None:
    place = engine.context()
    query_id = await engine.submit("SELECT nix FROM phase_history", context=place)
    with pytest.raises(Missing) as refused:
        await engine.page(query_id, context=place)
    assert refused.value.column == "NIX"
    status = await engine.status(query_id, context=place)
    assert (status.state, "invalid identifier 'NIX'" in status.message) == ("failed", True)


async def test_unknown_queries_and_what_is_no_query_id(engine: Engine) -> None:
    place = engine.context()
    with pytest.raises(ResultGone):
        await engine.page(NOBODY, context=place)
    assert (await engine.status(NOBODY, context=place)).state == "unknown"
    for text in ("", "x", "../" + NOBODY[3:], NOBODY[:-1] + "/", NOBODY + "0"):
        with pytest.raises(InvalidInput, match="query_id"):
            checked_id(text)


async def test_describe_tells_columns_without_running(engine: Engine) -> None:
    columns = await engine.describe("SELECT phase_id, velocity_per_day FROM phase_history", context=engine.context())
    assert [column.name for column in columns] == ["PHASE_ID", "VELOCITY_PER_DAY"]


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT nix FROM phase_history", "There is no column NIX at line 1, position 7"),
        ("SELECT * FROM nowhere", "Object 'NOWHERE' does not exist"),
        ("SELECT (1", "The SQL is wrong at line 1"),
        ("SELECT no_function(1)", "Unknown function NO_FUNCTION"),
    ],
)
async def test_a_mistake_in_sql_is_told_with_number_state_and_query(engine: Engine, sql: str, says: str) -> None:
    with pytest.raises((InvalidInput, NotFound)) as refused:
        await engine.read(sql, context=engine.context())
    text = str(refused.value)
    assert says in text
    assert "error " in text
    assert "SQL state " in text
    assert "query " in text


async def test_calls_at_the_same_time_share_a_session(engine: Engine) -> None:
    place = engine.context()
    answers = await asyncio.gather(
        *(engine.read(f"SELECT {number}, CURRENT_USER()", context=place) for number in range(8))
    )
    assert [answer.rows[0][0] for answer in answers] == list(range(8))


async def test_a_role_of_a_call_has_a_session_of_its_own(engine: Engine) -> None:
    reader = engine.context(role="pm_os_reader")
    assert (await engine.where(reader)).role == "PM_OS_READER"
    assert (await engine.where(engine.context())).role == "PM_OS_ANALYST"
    with pytest.raises(NotPermitted, match="ACCOUNTADMIN"):
        await engine.where(engine.context(role="accountadmin"))


async def test_more_places_than_sessions_are_kept(engine: Engine) -> None:
    for number in range(6):
        await engine.read("SELECT 1", context=engine.context(warehouse=f"WH_{number}"))
    assert (await engine.read("SELECT 7", context=engine.context(warehouse="WH_0"))).rows == [(7,)]


async def test_what_is_not_committed_is_undone(engine: Engine) -> None:
    place = engine.context()
    before = await engine.read("SELECT COUNT(*) FROM phase_history", context=place)
    with pytest.raises(ZeroDivisionError):
        async with engine.exclusive(place) as own, own.transaction():
            assert (await own.run("UPDATE phase_history SET status = 'gone' WHERE phase_id = 0")).changed == 1
            assert (await own.run("DELETE FROM phase_history WHERE phase_id > 0")).changed
            raise ZeroDivisionError
    gone = await engine.read("SELECT COUNT(*), COUNT_IF(status = 'gone') FROM phase_history", context=place)
    assert gone.rows == [(*before.rows[0], 0)]


async def test_what_is_committed_stays(engine: Engine) -> None:
    place = engine.context()
    async with engine.exclusive(place) as own:
        await own.run("CREATE TABLE engine_test (a INT, b VARCHAR)")
        async with own.transaction():
            many = await own.run("INSERT INTO engine_test VALUES (?, ?)", [[1, 2, 3], ["x", None, ""]])
            one = await own.run("INSERT INTO engine_test VALUES (?, ?)", [[4], ["y"]])
        assert (many.changed, one.changed) == (3, 1)
    rows = await engine.read("SELECT * FROM engine_test ORDER BY a", context=place)
    assert rows.rows == [(1, "x"), (2, None), (3, ""), (4, "y")]
    async with engine.exclusive(place) as own:
        await own.run("DROP TABLE engine_test")


Variables = Callable[..., Awaitable[Engine]]


@pytest.fixture
async def engine_of(stand_in: Address) -> AsyncIterator[Variables]:
    """The engine for more variables of the environment."""
    del stand_in
    made: list[SnowflakeClient] = []

    async def with_variables(**variables: str) -> Engine:
        named = {f"SNOWFLAKE_{name.upper()}": value for name, value in variables.items()}
        made.append(await connect(SnowflakeSettings.load(environ={"SNOWFLAKE_SANDBOX": "1", **named})))
        return made[-1].engine

    yield with_variables
    for client in made:
        await client.aclose()


async def test_a_context_is_what_was_asked_for_else_the_settings(engine_of: Variables) -> None:
    engine = await engine_of(role="analyst", warehouse="small", database="sales", schema="public")
    assert engine.context() == Context("ANALYST", "SMALL", "SALES", "PUBLIC")
    assert engine.context(warehouse='"big one"', schema="x") == Context("ANALYST", "big one", "SALES", "X")
    # A schema of the settings is of no use in another database.
    assert engine.context(database="other") == Context("ANALYST", "SMALL", "OTHER", "")
    with pytest.raises(InvalidInput, match="role"):
        engine.context(role="a\nb")


async def test_a_call_that_asks_for_nothing_has_the_first_that_is_allowed(engine_of: Variables) -> None:
    engine = await engine_of(roles="reader,analyst", warehouses="small,large")
    assert engine.context() == Context("READER", "SMALL", "", "")
    assert engine.context(role="analyst").role == "ANALYST"
    chosen = await engine_of(roles="reader,analyst", role="analyst", warehouses="small", warehouse="own")
    assert chosen.context() == Context("ANALYST", "OWN", "", "")


async def test_allowlists_name_what_they_leave_out(engine_of: Variables) -> None:
    engine = await engine_of(roles="reader,analyst", warehouses="small", databases="sales.public,hr")
    assert engine.context(role="READER", warehouse="Small", database="sales").role == "READER"
    for wish, says in (
        ({"role": "sysadmin"}, "role: SNOWFLAKE_ROLES allows"),
        ({"warehouse": "big"}, "warehouse: SNOWFLAKE_WAREHOUSES allows"),
        ({"database": "secret"}, "database: SNOWFLAKE_DATABASES allows"),
    ):
        with pytest.raises(NotPermitted) as refused:
            engine.context(**wish)
        assert says in str(refused.value)


async def test_the_guard_knows_what_the_session_stands_in(engine_of: Variables) -> None:
    engine = await engine_of(databases="PM_OS_ANALYTICS.PUBLIC")
    with pytest.raises(NotPermitted, match="SNOWFLAKE_DATABASES allows"):
        await engine.examined("SELECT * FROM phase_history", "read", engine.context())
    engine = await engine_of(databases="PM_OS_ANALYTICS")
    statement = await engine.examined("SELECT * FROM phase_history", "read", engine.context())
    assert statement.verb == "SELECT"
    with pytest.raises(NotPermitted, match="SNOWFLAKE_ACCESS=write"):
        await engine.examined("DELETE FROM phase_history WHERE phase_id = 1", "read", engine.context())
