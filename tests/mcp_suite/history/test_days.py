"""A day's figures are the same in the warehouse, in Slack's report and on the dashboard, and are those Jira has."""

import re
from datetime import date

import pytest

from .telling import Row, Told
from .test_phases import PHASES, epic, history

DAYS = ("2026-01-31", "2026-02-01", "2026-02-02")


def warehouse(told: Told, day: str) -> Row:
    """A day's row of quality_metrics_daily."""
    (row,) = [row for row in told.tables["quality_metrics_daily"] if row["metric_date"] == day]
    return row


def reported(told: Told, day: str) -> dict[str, str]:
    """The lines of Slack's report of a day, by what they tell."""
    moment = date.fromisoformat(day)
    head = f"Daily metrics, {moment.day} {moment:%B %Y}"
    _, _, rest = told.channels["#pm-os-metrics"].partition(head)
    lines = re.match(r"\W*\n((?: +•.*\n?)+)", rest)
    assert lines, day
    return dict(re.findall(r"• ([^:\n]+): (.*)", lines[1]))


def test_these_are_all_days(told: Told) -> None:
    assert sorted(row["metric_date"] for row in told.tables["quality_metrics_daily"]) == list(DAYS)
    assert told.channels["#pm-os-metrics"].count("Daily metrics, ") == len(DAYS)
    assert [row["Day"] for row in told.rows("Quality dashboard", "Day", "Phases")] == list(DAYS)


@pytest.mark.parametrize("day", DAYS)
def test_the_warehouse_counts_what_jira_has(told: Told, day: str) -> None:
    row = warehouse(told, day)
    epics = {epic(told, phase)["key"]: epic(told, phase) for phase in PHASES}
    issues = [issue for issue in told.issues.values() if issue["parent"] in epics]
    finished = [issue for issue in issues if issue["resolved"] and issue["resolved"][:10] <= day]
    over = [issue for issue in epics.values() if issue["resolved"] and issue["resolved"][:10] <= day]
    bugs = [issue for issue in issues if issue["type"] == "Bug" and issue["created"][:10] <= day]
    assert int(row["phases_complete"]) == len(over)
    assert int(row["deliverables_complete"]) == len(finished)
    assert int(row["deliverables_total"]) == len(issues)
    assert float(row["completion_pct"]) == pytest.approx(len(finished) / len(issues) * 100, abs=0.01)
    assert int(row["open_issues"]) == sum(issue["status"] != "Done" for issue in bugs)
    ended = [phase for phase in PHASES if epic(told, phase)["resolved"][:10] == day]
    estimated = sum(float(history(told, phase)["estimated_days"]) for phase in ended)
    took = sum(float(history(told, phase)["duration_days"]) for phase in ended)
    assert float(row["avg_velocity_multiplier"]) == pytest.approx(estimated / took, rel=0.01)
    agents = [agent for agent in told.tables["agent_performance"] if agent["deployed_date"] <= day]
    assert int(row["agents_operational"]) == len(agents)


@pytest.mark.parametrize("day", DAYS)
def test_slack_reports_what_the_warehouse_has(told: Told, day: str) -> None:
    row, lines = warehouse(told, day), reported(told, day)
    numbers = {name: float(value) for name, value in row.items() if name != "metric_date"}
    assert lines["Phases complete"] == row["phases_complete"]
    assert lines["Deliverables complete"] == (
        f"{row['deliverables_complete']} of {row['deliverables_total']} ({numbers['completion_pct']:g}%)"
    )
    assert lines["Agents operational"] == row["agents_operational"]
    assert lines["Quality gate pass rate"] == f"{numbers['quality_gate_pass_rate']:g}%"
    assert lines["Average velocity"] == f"{numbers['avg_velocity_multiplier']:g} times the estimates"
    assert lines["Security incidents"] == row["security_incidents"]
    assert lines["Open issues"] == row["open_issues"]


@pytest.mark.parametrize("day", DAYS)
def test_the_dashboard_shows_what_the_warehouse_has(told: Told, day: str) -> None:
    row = warehouse(told, day)
    (shown,) = [line for line in told.rows("Quality dashboard", "Day", "Phases") if line["Day"] == day]
    assert shown["Phases"] == row["phases_complete"]
    assert shown["Deliverables"] == f"{row['deliverables_complete']} of {row['deliverables_total']}"
    assert shown["Complete"] == f"{float(row['completion_pct']):g} %"
    assert shown["Agents"] == row["agents_operational"]
    assert shown["Passed at first"] == f"{float(row['quality_gate_pass_rate']):g} %"
    assert shown["Velocity"] == f"{float(row['avg_velocity_multiplier']):g} times"
    assert shown["Open issues"] == row["open_issues"]


def test_the_measures_that_decide_are_the_same_on_both_pages_and_in_the_warehouse(told: Told) -> None:
    units = {"hours": " h", "percent": " %", "count": ""}
    latest = [row for row in told.tables["north_star_metrics"] if row["metric_date"] == DAYS[-1]]
    expected = {
        row["metric_name"]: (
            *(f"{float(row[name]):g}{units[row['unit']]}" for name in ("baseline_value", "target_value")),
            f"{float(row['current_value']):g}{units[row['unit']]}" if row["current_value"] else "not yet measured",
            row["status"].lower(),
        )
        for row in latest
    }
    for title in ("Quality dashboard", "North star metrics"):
        lines = told.rows(title, "Metric", "Before", "Goal", "Now", "State")
        assert {
            line["Metric"]: (line["Before"], line["Goal"], line["Now"], line["State"]) for line in lines
        } == expected
    (weekly,) = [row for row in latest if row["unit"] == "count"]
    said = f"{float(weekly['current_value']):g} discovery artifacts a week"
    assert said in told.channels["#pm-os-alerts"]
    assert f"the target of {float(weekly['target_value']):g}." in told.channels["#pm-os-alerts"]
