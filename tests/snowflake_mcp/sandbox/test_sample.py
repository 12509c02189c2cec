"""The sample data: the tables that the PM OS plan has, counted from the history of PM OS."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sandbox_kit import history
from snowflake_mcp.sandbox import sample

from .conversation import Conversation


def test_the_five_tables_hold_more_than_a_hundred_rows() -> None:
    assert {name: len(rows) for name, rows in sample.tables().items()} == {
        "phase_history": 8,
        "agent_performance": 8,
        "artifact_catalog": 22,
        "quality_metrics_daily": 3,
        "north_star_metrics": 75,
    }


def test_every_row_is_as_wide_as_its_table() -> None:
    for name, rows in sample.tables().items():
        assert {len(row) for row in rows} == {len(sample.COLUMNS[name][1])}


def column(table: str, name: str) -> list[sample.Value]:
    """What a column holds, row by row."""
    place = [each[0] for each in sample.COLUMNS[table][1]].index(name)
    return [row[place] for row in sample.tables()[table]]


def test_the_tables_agree_with_each_other() -> None:
    totals = set(column("quality_metrics_daily", "deliverables_total"))
    assert totals == {sum(map(int, map(str, column("phase_history", "deliverables_planned"))))}
    done = sum(map(int, map(str, column("phase_history", "deliverables_completed"))))
    assert column("quality_metrics_daily", "deliverables_complete")[-1] == done == len(history.DONE)
    assert column("quality_metrics_daily", "agents_operational")[-1] == len(column("agent_performance", "agent_name"))
    makers = column("artifact_catalog", "created_by_agent")
    made = dict(
        zip(column("agent_performance", "agent_name"), column("agent_performance", "artifacts_generated"), strict=True)
    )
    assert made == {name: makers.count(name) or None for name in made}


def test_phases_that_are_planned_have_neither_dates_nor_velocity() -> None:
    rows = sample.tables()["phase_history"]
    assert rows[2] == (2, "Execution Layer", "Complete", "2026-02-01", "2026-02-01", 0.17, 21, 5, 5, 100.0, 30.0)
    assert rows[4] == (4, "MCP Integration Suite", "Planned", None, None, None, 8, 8, 0, 0.0, None)


def test_the_first_artifacts_are_those_of_the_plan() -> None:
    judged = (True, True, "Approved", False)
    by, day = "Product Architect", "2026-01-31"
    assert sample.tables()["artifact_catalog"][:3] == [
        (1, "Directory Structure", "Infrastructure", 0, day, by, *judged, 1.0),
        (2, "Identity Layer Templates", "Template", 0, day, by, *judged, 2.0),
        (3, "Agent Spec Template", "Template", 0, day, by, *judged, 1.5),
    ]


def test_events_are_placed_by_the_phases_and_the_agents_of_the_day() -> None:
    assert sample.periods() == [
        ("2026-01-31 18:00:00", 0, 2),
        ("2026-02-01 00:00:00", 1, 4),
        ("2026-02-01 09:30:00", 1, 4),
        ("2026-02-01 18:00:00", 2, 6),
        ("2026-02-02 00:00:00", 3, 6),
        ("2026-02-02 19:00:00", 3, 8),
    ]


@pytest.mark.anyio
async def test_average_velocity_of_the_completed_phases(snowflake: Conversation) -> None:
    assert await snowflake.value("SELECT AVG(velocity_per_day) FROM phase_history WHERE status = 'Complete'") == 11


@pytest.mark.anyio
async def test_agents_with_the_highest_acceptance(snowflake: Conversation) -> None:
    rows = await snowflake.rows(
        "SELECT agent_name, acceptance_rate FROM agent_performance ORDER BY acceptance_rate DESC"
    )
    # Snowflake sorts NULL as the largest.
    assert rows[0] == ("Orchestrator", None)
    assert {rate for _, rate in rows[1:]} == {Decimal("100.00")}
    assert len(rows) == 8


@pytest.mark.anyio
async def test_artifacts_per_phase(snowflake: Conversation) -> None:
    rows = await snowflake.rows("SELECT phase, COUNT(*) as artifact_count FROM artifact_catalog GROUP BY phase")
    assert sorted(rows) == [(0, 5), (1, 7), (2, 4), (3, 6)]


@pytest.mark.anyio
async def test_north_star_metrics_beyond_their_targets(snowflake: Conversation) -> None:
    rows = await snowflake.rows(
        "SELECT metric_name, current_value, target_value FROM north_star_metrics WHERE current_value > target_value"
    )
    assert sorted(rows) == [
        ("Discovery Artifacts per Week", Decimal("12.00"), Decimal("8.00")),
        ("Sprint Readiness", Decimal("100.00"), Decimal("95.00")),
    ]


@pytest.mark.anyio
async def test_daily_completion_trend(snowflake: Conversation) -> None:
    rows = await snowflake.rows("SELECT metric_date, completion_pct FROM quality_metrics_daily ORDER BY metric_date")
    assert [(str(day), str(percent)) for day, percent in rows] == [
        (str(each.day), f"{each.completion_pct:.2f}") for each in history.days()
    ]
    assert [str(percent) for _, percent in rows] == ["23.91", "39.13", "54.35"]


@pytest.mark.anyio
async def test_tables_are_found_by_the_name_of_the_plan(snowflake: Conversation) -> None:
    assert await snowflake.value("SELECT COUNT(*) FROM pm_os_analytics.phase_history") == 8
    assert await snowflake.value("SELECT COUNT(*) FROM PM_OS_ANALYTICS.PM_OS_ANALYTICS.PHASE_HISTORY") == 8


@pytest.mark.anyio
async def test_the_health_view_says_where_pm_os_stands(snowflake: Conversation) -> None:
    cursor = await snowflake.run("SELECT * FROM v_system_health")
    [row] = await cursor.fetchall()
    health = dict(zip((column.name for column in cursor.description), row, strict=True))
    assert (health["PHASES_COMPLETE"], health["PHASES_TOTAL"]) == (4, 8)
    assert (health["DELIVERABLES_COMPLETE"], health["COMPLETION_PCT"]) == (25, Decimal("54.35"))
    assert (health["AVG_VELOCITY_PER_DAY"], health["ARTIFACTS_TOTAL"]) == (Decimal("11.00"), 22)
    assert (health["METRICS_ON_TARGET"], health["METRICS_TOTAL"]) == (4, 5)


@pytest.mark.anyio
async def test_a_million_events_of_agents_that_were_there(snowflake: Conversation) -> None:
    assert await snowflake.value("SELECT COUNT(*) FROM agent_events") == 1_000_000
    too_early = """SELECT COUNT(*) FROM agent_events e JOIN agent_performance p ON p.agent_name = e.agent_name
        WHERE CAST(e.occurred_at AS DATE) < p.deployed_date OR e.phase < p.phase_deployed"""
    assert await snowflake.value(too_early) == 0
    assert await snowflake.rows("SELECT phase, COUNT(DISTINCT agent_name) FROM agent_events GROUP BY 1 ORDER BY 1") == [
        (0, 2),
        (1, 4),
        (2, 6),
        (3, 8),
    ]


@pytest.mark.anyio
async def test_tables_and_columns_are_commented(snowflake: Conversation) -> None:
    tables = dict(await snowflake.rows("SELECT table_name, comment FROM information_schema.tables"))
    for name, (about, _) in sample.COLUMNS.items():
        assert tables[name.upper()] == about
    columns = await snowflake.rows(
        "SELECT column_name, comment FROM information_schema.columns WHERE table_name = 'PHASE_HISTORY'"
    )
    assert dict(columns) == {name.upper(): text for name, _, text in sample.COLUMNS["phase_history"][1]}
