"""The sample data: how PM OS was built, as its warehouse tells it.

The tables and their columns are those of the PM OS plan; what they say is counted from the history that all sandboxes
share, so that a row here and an issue in Jira never differ. The stand-in, which lives in another environment, is
handed the result as JSON (`as_json`).
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from functools import cache

from sandbox_kit import history

Value = str | int | float | bool | None
Row = tuple[Value, ...]

DATABASE = "PM_OS_ANALYTICS"
SCHEMA = "PM_OS_ANALYTICS"
EVENTS = 1_000_000
"""Rows of agent_events, which the stand-in generates."""

Column = tuple[str, str, str]
"""Name, type, comment."""

COLUMNS: dict[str, tuple[str, tuple[Column, ...]]] = {
    "phase_history": (
        "One row for each phase of PM OS: what was planned, what was done, how fast.",
        (
            ("phase_id", "INT", "Number of the phase, from 0; the epic of that phase in Jira"),
            ("phase_name", "VARCHAR(100)", "Name of the phase"),
            ("status", "VARCHAR(20)", "Complete, Current or Planned"),
            ("start_date", "DATE", "First day; empty while planned"),
            ("end_date", "DATE", "Last day; empty while planned"),
            ("duration_days", "DECIMAL(4,2)", "Days of work, counting both ends; less than 1 where measured in hours"),
            ("estimated_days", "INT", "Days that were planned"),
            ("deliverables_planned", "INT", "Deliverables that were planned; the issues right below the epic"),
            ("deliverables_completed", "INT", "Deliverables that are done; the closed ones among these issues"),
            ("completion_pct", "DECIMAL(5,2)", "Done out of planned, in percent"),
            ("velocity_per_day", "DECIMAL(4,2)", "Deliverables done per day of work"),
        ),
    ),
    "agent_performance": (
        "One row for each agent: since when it works, how much it made, how it was received.",
        (
            ("agent_name", "VARCHAR(50)", "Name of the agent, as in Jira and Slack"),
            ("version", "VARCHAR(10)", "Version in use"),
            ("deployed_date", "DATE", "Day it first worked"),
            ("phase_deployed", "INT", "Phase in which that was"),
            ("artifacts_generated", "INT", "Rows in artifact_catalog; empty for an agent that makes none"),
            ("acceptance_rate", "DECIMAL(5,2)", "Accepted at the first review, in percent"),
            ("avg_time_hours", "DECIMAL(4,2)", "Hours per deliverable that is its own in Jira"),
            ("upgrades", "INT", "Versions since the first"),
            ("last_upgrade_date", "DATE", "Day of the latest upgrade"),
        ),
    ),
    "artifact_catalog": (
        "One row for each document, template or integration that an agent made.",
        (
            ("artifact_id", "INT", "Number of the artifact"),
            ("artifact_name", "VARCHAR(200)", "What it is called"),
            ("artifact_type", "VARCHAR(50)", "Infrastructure, Template, Integration, Spec, Report or Dashboard"),
            ("phase", "INT", "Phase it was made in"),
            ("created_date", "DATE", "Day it was finished"),
            ("created_by_agent", "VARCHAR(50)", "Agent that made it"),
            ("template_compliant", "BOOLEAN", "Follows its template"),
            ("strategic_alignment", "BOOLEAN", "Names the line of the strategy that it serves"),
            ("acceptance_status", "VARCHAR(20)", "Approved, or where its review stands"),
            ("rework_required", "BOOLEAN", "Went back to its author"),
            ("time_to_complete_hours", "DECIMAL(4,2)", "Hours from start to finish"),
        ),
    ),
    "quality_metrics_daily": (
        "One row for each day of work: how far PM OS had come by its end.",
        (
            ("metric_date", "DATE", "The day"),
            ("phases_complete", "INT", "Phases complete by then"),
            ("deliverables_complete", "INT", "Deliverables done by then"),
            ("deliverables_total", "INT", "Deliverables of all phases, done or planned"),
            ("completion_pct", "DECIMAL(5,2)", "Done out of planned, in percent"),
            ("agents_operational", "INT", "Agents at work by then"),
            ("quality_gate_pass_rate", "DECIMAL(5,2)", "Deliverables that passed their gate at once, in percent"),
            ("security_incidents", "INT", "Incidents on that day"),
            ("open_issues", "INT", "Bugs open at its end"),
            (
                "avg_velocity_multiplier",
                "DECIMAL(5,2)",
                "Times faster than estimated, over the phases completed on that day",
            ),
        ),
    ),
    "north_star_metrics": (
        "One row for each of the five measures that decide, and day.",
        (
            ("metric_name", "VARCHAR(100)", "The measure"),
            ("metric_date", "DATE", "Day of the measurement"),
            ("baseline_value", "DECIMAL(10,2)", "Before PM OS"),
            ("target_value", "DECIMAL(10,2)", "Where it should be"),
            ("current_value", "DECIMAL(10,2)", "Where it is; empty where nothing has been measured"),
            ("unit", "VARCHAR(20)", "hours, percent or count"),
            ("status", "VARCHAR(20)", "Pending, Baseline, Improving, Met or Exceeding"),
        ),
    ),
}


def tables() -> dict[str, list[Row]]:
    """The rows of every table."""
    return {
        "phase_history": [_phase(phase) for phase in history.PHASES],
        "agent_performance": [_agent(name) for name in history.AGENT],
        "artifact_catalog": [_artifact(each) for each in history.artifacts()],
        "quality_metrics_daily": [_day(each) for each in history.days()],
        "north_star_metrics": _north_star(),
    }


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _phase(phase: history.Phase) -> Row:
    figures = history.phase_figures(phase.number)
    return (
        phase.number,
        phase.name,
        phase.status,
        _text(phase.first_day),
        _text(phase.last_day),
        None if figures.days is None else round(figures.days, 2),
        phase.estimated_days,
        figures.planned,
        figures.completed,
        figures.completion_pct,
        figures.velocity_per_day,
    )


def _agent(name: str) -> Row:
    figures = history.agent_figures(name)
    agent = figures.agent
    return (
        name,
        f"v{agent.version}",
        _text(agent.deployed),
        figures.phase_deployed,
        len(figures.artifacts) or None,
        figures.acceptance_rate,
        figures.mean_hours,
        agent.upgrades,
        _text(agent.last_upgrade),
    )


def _artifact(artifact: history.Artifact) -> Row:
    of = artifact.deliverable
    judged = (True, True, "Approved", of.reworked)
    return (
        artifact.number,
        artifact.name,
        artifact.kind,
        of.phase,
        _text(artifact.created),
        of.agent,
        *judged,
        artifact.hours,
    )


def _day(figures: history.DayFigures) -> Row:
    return (
        _text(figures.day),
        figures.phases_complete,
        figures.deliverables_complete,
        figures.deliverables_total,
        figures.completion_pct,
        figures.agents,
        figures.gate_pass_rate,
        figures.security_incidents,
        figures.open_issues,
        figures.velocity_multiple,
    )


def _north_star() -> list[Row]:
    """Day by day, and on each in the order of the measures."""
    rows: list[Row] = []
    for each in history.MEASURES:
        for day, value in history.readings(each):
            rows.append((each.name, _text(day), each.baseline, each.target, value, each.unit, each.judged(value)))
    return rows


def periods() -> list[tuple[str, int, int]]:
    """When each phase was under way, day by day: until when, which phase, and how many agents were there by then.

    The agents are the first so many of `history.AGENTS`, which are in the order in which they came.
    """
    found: list[tuple[str, int, int]] = []
    for phase in history.PHASES:
        if not phase.finished:
            continue
        began, end = (datetime.fromisoformat(moment) for moment in (phase.started, phase.finished))
        while began < end:
            midnight = datetime.combine(began.date() + timedelta(days=1), datetime.min.time())
            until = min(midnight, end)
            there = [
                agent
                for agent in history.AGENTS
                if agent.deployed <= began.date() and history.agent_figures(agent.name).phase_deployed <= phase.number
            ]
            found.append((until.isoformat(" "), phase.number, len(there)))
            began = until
    return found


@cache
def as_json() -> str:
    """All of it: the tables with comments, columns and rows, and what the generated events are placed by."""
    rows = tables()
    described = [
        {"name": name, "comment": about, "columns": columns, "rows": rows[name]}
        for name, (about, columns) in COLUMNS.items()
    ]
    began = datetime.fromisoformat(history.PHASES[0].started).isoformat(" ")
    events = {"count": EVENTS, "began": began, "periods": periods(), "agents": [agent.name for agent in history.AGENTS]}
    return json.dumps({"database": DATABASE, "schema": SCHEMA, "tables": described, "events": events}, indent=1)
