"""The stand-in over the wire, by the real connector: values, pages, binds, transactions, long statements, roles."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time
from decimal import Decimal

import httpx2
import pytest
from snowflake.connector.constants import QueryStatus
from snowflake.connector.errors import Error

from snowflake_mcp.sandbox import ACCOUNT, DATABASE, READ_ROLE, ROLE, SCHEMA, WAREHOUSE, Address

from .conversation import ENDLESS, Conversation, connected

pytestmark = pytest.mark.anyio


async def test_values_arrive_as_what_they_are(snowflake: Conversation) -> None:
    [row] = await snowflake.rows(
        """SELECT 12345678901234567890123456789012345678, CAST('1.50' AS DECIMAL(10,2)), 1.5::FLOAT, TRUE, 'text',
        '2026-02-01'::DATE, '12:30:00'::TIME, '2026-02-01 01:02:03.5'::TIMESTAMP_NTZ,
        '1969-12-31 23:59:59.25'::TIMESTAMP_NTZ, TO_BINARY('AB01', 'HEX'), PARSE_JSON('{"a": [1, 2]}')"""
    )
    assert row == (
        12345678901234567890123456789012345678,
        Decimal("1.50"),
        1.5,
        True,
        "text",
        date(2026, 2, 1),
        time(12, 30),
        datetime(2026, 2, 1, 1, 2, 3, 500_000),  # noqa: DTZ001 - it has no zone
        datetime(1969, 12, 31, 23, 59, 59, 250_000),  # noqa: DTZ001
        b"\xab\x01",
        '{"a":[1,2]}',
    )


async def test_every_kind_of_value_can_be_missing(snowflake: Conversation) -> None:
    [row] = await snowflake.rows(
        "SELECT NULL, NULL::INT, NULL::DECIMAL(4,2), NULL::DATE, NULL::TIMESTAMP_NTZ, NULL::TIMESTAMP_TZ, NULL::VARIANT"
    )
    assert set(row) == {None}


async def test_moments_carry_their_zone(snowflake: Conversation) -> None:
    now = await snowflake.value("SELECT CURRENT_TIMESTAMP()")
    assert now.utcoffset() is not None
    assert abs((now - datetime.now(UTC)).total_seconds()) < 3600


async def test_sums_of_decimals_are_exact(snowflake: Conversation) -> None:
    [[tokens, cost]] = await snowflake.rows("SELECT SUM(tokens_used), SUM(cost_usd) FROM agent_events")
    assert isinstance(tokens, int)
    assert cost == Decimal(tokens) * Decimal("0.000009")


async def test_columns_without_a_name_are_called_by_their_text(snowflake: Conversation) -> None:
    cursor = await snowflake.run("SELECT COUNT(*), CURRENT_ROLE(), phase_id + 1 FROM phase_history GROUP BY phase_id")
    assert [column.name for column in cursor.description] == ["COUNT(*)", "CURRENT_ROLE()", "PHASE_ID + 1"]


async def test_binds_of_every_kind(snowflake: Conversation) -> None:
    values = (1, Decimal("1.50"), "it's", None, True, date(2026, 2, 1), 2.5)
    assert await snowflake.rows("SELECT ?, ?, ?, ?, ?, ?, ?", values) == [values]


async def test_a_million_rows_are_read_page_by_page(snowflake: Conversation) -> None:
    cursor = await snowflake.run("SELECT event_id FROM agent_events ORDER BY event_id")
    assert cursor.rowcount == 1_000_000
    seen = [row[0] for _ in range(5) for row in await cursor.fetchmany(10_000)]
    assert seen == list(range(1, 50_001))


async def test_an_answer_is_cut_to_the_rows_that_are_wanted(snowflake: Conversation) -> None:
    rows = await snowflake.rows("SELECT * FROM agent_events", _statement_params={"ROWS_PER_RESULTSET": 10})
    assert len(rows) == 10


async def test_describing_does_not_run_the_statement(snowflake: Conversation) -> None:
    cursor = snowflake.connection.cursor()
    columns = await cursor.describe("SELECT phase_id, velocity_per_day FROM phase_history")
    assert [(column.name, column.precision, column.scale) for column in columns] == [
        ("PHASE_ID", 38, 0),
        ("VELOCITY_PER_DAY", 4, 2),
    ]
    await cursor.describe("DELETE FROM phase_history")
    await cursor.describe("DROP TABLE phase_history")
    assert await snowflake.value("SELECT COUNT(*) FROM phase_history") == 8


async def test_a_transaction_is_taken_back(snowflake: Conversation, address: Address) -> None:
    await snowflake.run("BEGIN")
    cursor = await snowflake.run("DELETE FROM quality_metrics_daily")
    assert cursor.rowcount == 3
    async with connected(address) as other:
        assert await other.value("SELECT COUNT(*) FROM quality_metrics_daily") == 3
    await snowflake.run("ROLLBACK")
    assert await snowflake.value("SELECT COUNT(*) FROM quality_metrics_daily") == 3


async def test_a_table_from_creation_to_drop(snowflake: Conversation) -> None:
    await snowflake.run("CREATE DATABASE workshop")
    await snowflake.run("CREATE SCHEMA workshop.public")
    await snowflake.run("CREATE TABLE t (id INT NOT NULL COMMENT 'the id', price DECIMAL(10,2), tags VARIANT)")
    cursor = snowflake.connection.cursor()
    await cursor.executemany("INSERT INTO t (id, price) VALUES (?, ?)", [(1, Decimal("1.50")), (2, Decimal(3))])
    assert cursor.rowcount == 2
    await snowflake.run("UPDATE t SET price = price * 2 WHERE id = 1")
    await snowflake.run(
        """MERGE INTO t USING (SELECT 2 AS id UNION ALL SELECT 3) s ON t.id = s.id
        WHEN MATCHED THEN UPDATE SET price = 0 WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)"""
    )
    assert await snowflake.rows("SELECT id, price FROM t ORDER BY id") == [
        (1, Decimal("3.00")),
        (2, Decimal("0.00")),
        (3, None),
    ]
    await snowflake.run("CREATE VIEW v AS SELECT id FROM workshop.public.t WHERE price > 0")
    assert await snowflake.rows("SELECT * FROM v") == [(1,)]
    await snowflake.run("DROP DATABASE workshop")
    assert "WORKSHOP" not in [row[1] for row in await snowflake.rows("SHOW DATABASES")]


async def test_a_view_over_tables_by_their_full_names(snowflake: Conversation) -> None:
    await snowflake.run(
        "CREATE OR REPLACE VIEW late AS SELECT phase_id FROM pm_os_analytics.pm_os_analytics.phase_history "
        "WHERE phase_id > 5"
    )
    try:
        assert await snowflake.rows("SELECT * FROM pm_os_analytics.late ORDER BY 1") == [(6,), (7,)]
    finally:
        await snowflake.run("DROP VIEW late")


async def test_a_long_statement_is_submitted_watched_and_stopped(snowflake: Conversation) -> None:
    cursor = snowflake.connection.cursor()
    query_id = (await cursor.execute_async(ENDLESS))["queryId"]
    status = await snowflake.connection.get_query_status(query_id)
    assert snowflake.connection.is_still_running(status)
    # The session itself stays free meanwhile.
    assert await snowflake.value("SELECT 7") == 7
    assert await cursor.abort_query(query_id)
    assert await snowflake.connection.get_query_status(query_id) == QueryStatus.ABORTED
    with pytest.raises(Error, match="SQL execution canceled"):
        await cursor.get_results_from_sfqid(query_id)


async def test_a_submitted_statement_gives_its_results_later(snowflake: Conversation) -> None:
    cursor = snowflake.connection.cursor()
    query_id = (await cursor.execute_async("SELECT COUNT(*) FROM agent_events"))["queryId"]
    await cursor.get_results_from_sfqid(query_id)
    assert await cursor.fetchall() == [(1_000_000,)]
    assert await snowflake.connection.get_query_status(query_id) == QueryStatus.SUCCESS


async def test_a_submitted_statement_that_fails_says_why(snowflake: Conversation) -> None:
    cursor = snowflake.connection.cursor()
    query_id = (await cursor.execute_async("SELECT * FROM nowhere"))["queryId"]
    with pytest.raises(Error, match="NOWHERE"):
        await cursor.get_results_from_sfqid(query_id)
        await cursor.fetchall()
    assert await snowflake.connection.get_query_status(query_id) == QueryStatus.FAILED_WITH_ERROR


async def test_a_statement_ends_after_its_own_limit(snowflake: Conversation) -> None:
    errno, state, text = await snowflake.failure(ENDLESS, _statement_params={"STATEMENT_TIMEOUT_IN_SECONDS": 1})
    assert (errno, state) == (630, "57014")
    assert "timeout of 1 second" in text


async def test_a_cancelled_call_frees_its_session(snowflake: Conversation) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await snowflake.run(ENDLESS)
    assert await snowflake.value("SELECT 7") == 7


async def test_an_earlier_result_can_be_read_again(snowflake: Conversation) -> None:
    cursor = await snowflake.run("SELECT phase_id FROM phase_history ORDER BY 1 LIMIT 2")
    again = f"SELECT * FROM TABLE(RESULT_SCAN('{cursor.sfqid}'))"  # noqa: S608 - an id of its own
    assert await snowflake.rows(again) == [(0,), (1,)]
    assert await snowflake.rows("SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))") == [(0,), (1,)]


async def test_a_session_knows_where_it_is(snowflake: Conversation) -> None:
    [row] = await snowflake.rows(
        "SELECT CURRENT_ACCOUNT(), CURRENT_ROLE(), CURRENT_WAREHOUSE(), CURRENT_DATABASE(), CURRENT_SCHEMA()"
    )
    assert row == (ACCOUNT, ROLE, WAREHOUSE, DATABASE, SCHEMA)


async def test_a_role_that_reads_changes_nothing(address: Address) -> None:
    async with connected(address, role=READ_ROLE) as reader:
        assert await reader.value("SELECT COUNT(*) FROM phase_history") == 8
        for sql in ("DELETE FROM phase_history", "CREATE TABLE x (a INT)", "DROP TABLE phase_history"):
            errno, state, _ = await reader.failure(sql)
            assert (errno, state) == (3001, "42501")


@pytest.mark.parametrize(
    "others",
    [
        {"token": "wrong"},
        {"authenticator": "OAUTH", "token": "wrong"},
        {"authenticator": "SNOWFLAKE", "token": None, "password": "wrong"},
    ],
)
async def test_a_wrong_secret_does_not_get_in(address: Address, others: dict[str, str | None]) -> None:
    with pytest.raises(Error) as caught:
        async with connected(address, **others):
            pass
    assert "Incorrect username or password" in str(caught.value)


async def test_a_role_that_was_not_granted_does_not_get_in(address: Address) -> None:
    with pytest.raises(Error, match="ACCOUNTADMIN"):
        async with connected(address, role="ACCOUNTADMIN"):
            pass


async def test_an_expired_session_is_renewed_by_the_connector(snowflake: Conversation, address: Address) -> None:
    assert await snowflake.value("SELECT 1") == 1
    async with httpx2.AsyncClient() as client:
        await client.post(f"http://{address.host}:{address.port}/_sandbox/expire")
    assert await snowflake.value("SELECT 2") == 2


async def test_autocommit_can_be_turned_off(snowflake: Conversation) -> None:
    await snowflake.connection.autocommit(False)
    await snowflake.run("DELETE FROM quality_metrics_daily")
    await snowflake.connection.rollback()
    assert await snowflake.value("SELECT COUNT(*) FROM quality_metrics_daily") == 3


async def test_large_results_are_let_go_of_after_a_while(snowflake: Conversation) -> None:
    scan = "SELECT * FROM TABLE(RESULT_SCAN('{}'))"
    first, *_, latest = [await snowflake.run("SELECT * FROM agent_events") for _ in range(5)]
    again = await snowflake.run(scan.format(latest.sfqid))
    assert len(await again.fetchmany(5)) == 5
    errno, state, text = await snowflake.failure(scan.format(first.sfqid))
    assert (errno, state) == (709, "02000")
    assert "not found" in text
