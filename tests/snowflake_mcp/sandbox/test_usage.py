"""What the sandbox's account tells of its use: thirty days that end yesterday, whose numbers agree."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from snowflake_mcp.sandbox import StandIn, launcher
from snowflake_mcp.sandbox.stand_in import usage

from .conversation import Conversation, connected

TODAY = datetime(2026, 2, 3, tzinfo=UTC)
SAMPLE = usage.views(TODAY)


def number(value: usage.Value) -> Decimal:
    assert isinstance(value, (int, Decimal))
    return Decimal(value)


def test_there_are_more_than_a_hundred_queries_over_thirty_days() -> None:
    rows = SAMPLE["QUERY_HISTORY"]
    days = {str(row["START_TIME"])[:10] for row in rows}
    assert len(rows) > 100
    assert (min(days), max(days), len(days)) == ("2026-01-04", "2026-02-02", 30)
    assert len({row["QUERY_ID"] for row in rows}) == len(rows)
    assert {row["EXECUTION_STATUS"] for row in rows} == {"SUCCESS", "FAIL"}


@pytest.mark.parametrize("view", usage.VIEWS)
def test_every_row_of_a_view_has_the_same_columns(view: str) -> None:
    assert {tuple(row) for row in SAMPLE[view]} == {tuple(SAMPLE[view][0])}


def test_credits_of_queries_are_those_of_their_warehouse_without_its_idle_time() -> None:
    attributed: dict[usage.Value, Decimal] = defaultdict(Decimal)
    metered: dict[usage.Value, Decimal] = defaultdict(Decimal)
    for row in SAMPLE["QUERY_ATTRIBUTION_HISTORY"]:
        attributed[row["WAREHOUSE_NAME"]] += number(row["CREDITS_ATTRIBUTED_COMPUTE"])
    for row in SAMPLE["WAREHOUSE_METERING_HISTORY"]:
        assert number(row["CREDITS_ATTRIBUTED_COMPUTE_QUERIES"]) < number(row["CREDITS_USED_COMPUTE"])
        assert row["CREDITS_USED"] == number(row["CREDITS_USED_COMPUTE"]) + number(row["CREDITS_USED_CLOUD_SERVICES"])
        metered[row["WAREHOUSE_NAME"]] += number(row["CREDITS_ATTRIBUTED_COMPUTE_QUERIES"])
    assert metered == attributed
    assert set(metered) == set(usage.WAREHOUSES)


def test_services_count_the_warehouses_and_what_else_there_is() -> None:
    by_service: dict[usage.Value, Decimal] = defaultdict(Decimal)
    for row in SAMPLE["METERING_HISTORY"]:
        by_service[row["SERVICE_TYPE"]] += number(row["CREDITS_USED"])
    whole = sum((number(row["CREDITS_USED"]) for row in SAMPLE["WAREHOUSE_METERING_HISTORY"]), Decimal(0))
    assert by_service == {
        "WAREHOUSE_METERING": whole,
        "SERVERLESS_TASK": Decimal("0.36"),
        "AI_SERVICES": Decimal("2.4"),
    }


def test_loads_are_the_seconds_that_queries_ran_and_waited() -> None:
    ran = sum((number(row["AVG_RUNNING"]) for row in SAMPLE["WAREHOUSE_LOAD_HISTORY"]), Decimal(0)) * usage.SLICE
    waited = sum((number(row["AVG_QUEUED_LOAD"]) for row in SAMPLE["WAREHOUSE_LOAD_HISTORY"]), Decimal(0)) * usage.SLICE
    those = [query for query in usage.queries() if query.warehouse]
    assert abs(ran - sum(query.seconds for query in those)) < Decimal("0.001")
    assert abs(waited - sum(query.waited for query in those)) < Decimal("0.001")


@pytest.mark.anyio
async def test_the_account_tells_its_use_as_an_account_does(snowflake: Conversation) -> None:
    for view in usage.VIEWS:
        count = f"SELECT COUNT(*) FROM snowflake.account_usage.{view}"  # noqa: S608 - a name of ours
        assert await snowflake.value(count) == len(SAMPLE[view])
    kinds = {row[0]: row[1] for row in await snowflake.rows("DESCRIBE TABLE snowflake.account_usage.query_history")}
    assert kinds["QUERY_TEXT"].startswith("VARCHAR")
    assert kinds["TOTAL_ELAPSED_TIME"] == "NUMBER(38,0)"
    assert kinds["START_TIME"].startswith("TIMESTAMP")


@pytest.mark.anyio
async def test_statements_of_late_are_told_of_at_once(snowflake: Conversation) -> None:
    await snowflake.run("SELECT 'it''s \\\\ mine' AS a")
    await snowflake.failure("SELECT nothing FROM phase_history")
    recent = (
        "SELECT {} FROM TABLE(information_schema.{}) AS r WHERE r.start_time > DATEADD('hour', -1, CURRENT_TIMESTAMP)"
    )
    columns = "query_text, execution_status, error_code, rows_produced, end_time IS NULL"
    rows = await snowflake.rows(recent.format(columns, "query_history(result_limit => 3)"))
    assert [row[1:] for row in rows] == [
        ("RUNNING", None, 0, True),
        ("FAILED_WITH_ERROR", "000904", 0, False),
        ("SUCCESS", None, 1, False),
    ]
    assert rows[2][0] == "SELECT 'it''s \\\\ mine' AS a"
    for call, found in (
        ("query_history_by_user(user_name => 'pm_os_service', result_limit => 1)", 1),
        ("query_history_by_user(user_name => 'nobody')", 0),
        ("query_history_by_warehouse(result_limit => 2)", 2),
    ):
        assert await snowflake.value(recent.format("COUNT(*)", call)) == found


@pytest.mark.anyio
async def test_it_lists_the_warehouses_that_queries_ran_in(snowflake: Conversation) -> None:
    listed = {row[0]: (row[1], row[3], row[11]) for row in await snowflake.rows("SHOW WAREHOUSES")}
    assert listed == {
        "PM_OS_WH": ("STARTED", "X-Small", usage.AUTO_SUSPEND),
        "PM_OS_LOAD_WH": ("SUSPENDED", "Small", usage.AUTO_SUSPEND),
    }


@pytest.mark.anyio
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE snowflake.account_usage.query_history SET end_time = DATEADD('day', -40, end_time)",
        "DROP TABLE snowflake.account_usage.query_history",
        "DROP DATABASE snowflake",
    ],
)
async def test_a_stand_in_that_starts_later_tells_of_the_days_before(filled: Path, change: str) -> None:
    newest = "SELECT MAX(end_time) FROM snowflake.account_usage.query_history"
    async with StandIn(filled) as stand_in:
        address = await stand_in.address()
        async with connected(address) as snowflake:
            await snowflake.run(change)
        await stand_in.aclose()
        while launcher._alive(address.pid):  # pyright: ignore[reportPrivateUsage]
            await asyncio.sleep(0.05)
        async with connected(await stand_in.address()) as snowflake:
            ended = await snowflake.value(newest)
            assert await snowflake.value("SELECT COUNT(*) FROM phase_history") == 8
    assert (datetime.now(UTC) - ended) < timedelta(days=2)
