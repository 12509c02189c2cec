"""Phases, deliverables, points and velocity are the same in Jira, Snowflake, Confluence and Slack."""

import re
from collections.abc import Sequence

import pytest

from .telling import Row, Told

PHASES = range(8)
COMPLETE = range(4)
_SLACK = "#pm-os-dev"


def epic(told: Told, phase: int) -> Row:
    """The epic of a phase."""
    (found,) = [row for row in told.issues.values() if row["summary"].startswith(f"Phase {phase} - ")]
    return found


def below(told: Told, phase: int) -> list[Row]:
    """The deliverables of a phase, counted in Jira."""
    key = epic(told, phase)["key"]
    return [row for row in told.issues.values() if row["parent"] == key]


def done(rows: Sequence[Row]) -> list[Row]:
    """Those that are done."""
    return [row for row in rows if row["status"] == "Done"]


def points(rows: Sequence[Row]) -> float:
    """Their story points."""
    return sum(float(row["Story Points"] or 0) for row in rows)


def history(told: Told, phase: int) -> Row:
    """The phase's row in the warehouse."""
    (row,) = [row for row in told.tables["phase_history"] if row["phase_id"] == str(phase)]
    return row


@pytest.mark.parametrize("phase", PHASES)
def test_the_warehouse_knows_a_phase_as_jira_does(told: Told, phase: int) -> None:
    row, issues = history(told, phase), below(told, phase)
    assert epic(told, phase)["summary"] == f"Phase {phase} - {row['phase_name']}"
    assert (row["status"] == "Complete") == (epic(told, phase)["status"] == "Done") == (phase in COMPLETE)
    assert int(row["deliverables_planned"]) == len(issues)
    assert int(row["deliverables_completed"]) == len(done(issues))
    assert float(row["completion_pct"]) == pytest.approx(len(done(issues)) / len(issues) * 100, abs=0.01)
    assert all(issue["pm_os_phase"] == f"Phase {phase}" for issue in issues)


@pytest.mark.parametrize("phase", COMPLETE)
def test_the_days_of_a_phase_are_the_same_everywhere(told: Told, phase: int) -> None:
    row, report = history(told, phase), told.page(f"Phase {phase} completion report")
    for name, column in (("Began", "start_date"), ("Ended", "end_date")):
        assert f"{name} | [{row[column]}]" in report
    assert row["end_date"] == epic(told, phase)["resolved"][:10]
    assert max(issue["resolved"] for issue in below(told, phase))[:10] == row["end_date"]
    assert announced(told, phase) == row["end_date"]


def announced(told: Told, phase: int) -> str:
    """The day on which Slack was told that a phase is complete."""
    day = ""
    for line in told.channels[_SLACK].splitlines():
        if found := re.match(r"## (\d{4}-\d\d-\d\d)", line):
            day = found[1]
        if f"Phase {phase} is COMPLETE" in line:
            return day
    return "never"


@pytest.mark.parametrize("phase", COMPLETE)
def test_points_and_velocity_of_a_phase_are_the_same_everywhere(told: Told, phase: int) -> None:
    row, issues = history(told, phase), done(below(told, phase))
    (shown,) = [line for line in told.rows("Velocity", "Phase", "Points") if line["Phase"] == f"Phase {phase}"]
    days = float(row["duration_days"])
    assert int(shown["Issues"]) == len(issues)
    assert float(shown["Points"]) == points(issues)
    assert float(shown["Days"]) == pytest.approx(days, abs=0.005)
    assert shown["Planned"] == row["estimated_days"]
    assert float(shown["Issues per day"]) == float(row["velocity_per_day"])
    assert float(row["velocity_per_day"]) == pytest.approx(len(issues) / days, rel=0.03)
    assert float(shown["Points per day"]) == pytest.approx(points(issues) / days, rel=0.03)


@pytest.mark.parametrize("phase", COMPLETE)
def test_a_report_counts_what_jira_has(told: Told, phase: int) -> None:
    issues = done(below(told, phase))
    title = f"Phase {phase} completion report"
    (deliverables, story_points, time, _, _) = told.rows(title, "Planned", "Done")
    assert deliverables["Planned"] == deliverables["Done"] == str(len(issues))
    assert story_points["Done"] == f"{points(issues):g}"
    estimated, days = (float(history(told, phase)[name]) for name in ("estimated_days", "duration_days"))
    (multiple,) = re.findall(r"\(([\d.]+) times faster\)", time["Done"])
    assert float(multiple) == pytest.approx(estimated / days, rel=0.03)
    listed = {line["Issue"]: line for line in told.rows(title, "Issue", "What", "By")}
    assert set(listed) == {issue["key"] for issue in issues}
    for issue in issues:
        line = listed[issue["key"]]
        assert (line["What"], line["By"], line["Points"]) == (
            issue["summary"],
            issue["assignee"],
            issue["Story Points"],
        )
        assert line["Done"] == issue["resolved"][:10]


@pytest.mark.parametrize("phase", [0, 3])
def test_a_requirement_lists_what_jira_has(told: Told, phase: int) -> None:
    (title,) = [title for title in told.titles.values() if title.startswith(f"Phase {phase} PRD")]
    listed = {line["Issue"]: (line["What"], line["Points"]) for line in told.rows(title, "What", "Issue", "Points")}
    assert listed == {row["key"]: (row["summary"], row["Story Points"]) for row in below(told, phase)}


def test_the_plan_of_the_next_phase_is_that_of_jira(told: Told) -> None:
    listed = {
        line["Issue"]: (line["Story"], line["Points"], line["Due"].strip("\\-"))
        for line in told.rows("Phase 4 PRD: MCP Integration Suite", "Story", "Issue", "Points", "Due")
    }
    assert listed == {row["key"]: (row["summary"], row["Story Points"], row["due"]) for row in below(told, 4)}


def test_the_roadmap_is_that_of_jira(told: Told) -> None:
    lines = told.rows("Roadmap", "Phase", "Name", "Epic", "Deliverables")
    assert [line["Phase"] for line in lines] == [str(phase) for phase in PHASES]
    for phase, line in zip(PHASES, lines, strict=True):
        issues = below(told, phase)
        assert line["Epic"] == epic(told, phase)["key"]
        assert line["State"] == history(told, phase)["status"].lower()
        assert line["Deliverables"] == f"{len(done(issues))} of {len(issues)}"
        assert float(line["Points"]) == points(issues)


def test_slack_tells_how_many_deliverables_a_phase_had(told: Told) -> None:
    told_of = dict(re.findall(r"Phase (\d) is COMPLETE!\** All (\d+) deliverables", told.channels[_SLACK]))
    assert set(told_of) >= {"0", "1", "3"}
    for phase, count in told_of.items():
        assert int(count) == len(done(below(told, int(phase))))
