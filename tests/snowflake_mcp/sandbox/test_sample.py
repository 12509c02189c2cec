"""The sample data: what the PM OS plan has, agreeing with the Jira sample."""

from __future__ import annotations

from decimal import Decimal

import pytest

from jira_mcp.sandbox.sample.pmos_epics import EPICS
from jira_mcp.sandbox.sample.pmos_phase0 import PHASE_0
from jira_mcp.sandbox.sample.pmos_phases123 import PHASES_1_TO_3
from snowflake_mcp.sandbox.stand_in import sample

from .conversation import Conversation

ISSUES = {record.number: record for record in (*PHASE_0, *PHASES_1_TO_3)}


def test_the_five_tables_hold_more_than_a_hundred_rows() -> None:
    assert {name: len(rows) for name, rows in sample.tables().items()} == {
        "phase_history": 8,
        "agent_performance": 8,
        "artifact_catalog": 21,
        "quality_metrics_daily": 3,
        "north_star_metrics": 75,
    }


def test_every_row_is_as_wide_as_its_table() -> None:
    for name, rows in sample.tables().items():
        assert {len(row) for row in rows} == {len(sample.COLUMNS[name][1])}


def test_phases_are_the_epics_of_jira() -> None:
    for row, epic in zip(sample.PHASE_HISTORY, EPICS, strict=True):
        number, name, status, started, finished, *_ = row
        assert f"Phase {number} - {name}" == epic.summary
        assert (status == "Complete") == bool(epic.finished)
        assert (started or "") == epic.started[:10]
        assert (finished or "") == epic.finished[:10]


def test_deliverables_are_the_closed_issues_of_jira() -> None:
    for phase in range(4):
        closed = sum(1 for record in ISSUES.values() if record.phase == phase and record.finished)
        assert sample.PHASE_HISTORY[phase][8] == closed
    by_day = ["2026-01-31", "2026-02-01", "2026-02-02"]
    assert [row[0] for row in sample.QUALITY_METRICS_DAILY] == by_day
    assert sample.QUALITY_METRICS_DAILY[-1][2] == len(ISSUES)


def test_artifacts_are_what_issues_of_jira_brought_about() -> None:
    for issue, name, kind, phase, day, agent, hours in sample.ARTIFACTS:
        record = ISSUES[issue]
        assert (record.phase, record.owner, record.finished[:10]) == (phase, agent, day), name
        assert kind in (record.artifact, "Template"), name
        assert hours <= sum(spent for _, spent, _ in record.work), name


def test_every_agent_has_as_many_artifacts_as_its_performance_counts() -> None:
    for row in sample.AGENT_PERFORMANCE:
        assert (row[4] or 0) == sum(1 for artifact in sample.ARTIFACTS if artifact[5] == row[0])


def test_the_first_artifacts_are_those_of_the_plan() -> None:
    judged = (True, True, "Approved", False)
    by, day = "Product Architect", "2026-01-31"
    assert sample.artifact_catalog()[:3] == [
        (1, "Directory Structure", "Infrastructure", 0, day, by, *judged, 1.0),
        (2, "Identity Layer Templates", "Template", 0, day, by, *judged, 2.0),
        (3, "Agent Spec Template", "Template", 0, day, by, *judged, 1.5),
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
    assert sorted(rows) == [(0, 5), (1, 7), (2, 4), (3, 5)]


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
    assert [(str(day), percent) for day, percent in rows] == [
        ("2026-01-31", Decimal("21.62")),
        ("2026-02-01", Decimal("48.65")),
        ("2026-02-02", Decimal("67.57")),
    ]


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
    assert (health["DELIVERABLES_COMPLETE"], health["COMPLETION_PCT"]) == (25, Decimal("67.57"))
    assert (health["AVG_VELOCITY_PER_DAY"], health["ARTIFACTS_TOTAL"]) == (Decimal("11.00"), 21)
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
