"""The sample data: how PM OS was built, as its warehouse tells it.

The tables and their columns are those of the PM OS plan, and so are all phases, agents and daily metrics, the first
three artifacts and the five measures of 2026-02-02. The rest is derived. An artifact is a piece of work of the Jira
sample that is not an agent, or a template that such an agent brought with it, with the day, the phase and at most the
hours of that issue; each agent has as many as `agent_performance` counts. The measures of the two weeks before lead
up to those of the plan, and none of them exceeds its target, so that the plan's own queries answer as they do there.
The plan counts 37 deliverables in one table and 42 in another; both are kept.

Nothing is imported, so that the data can be checked without the emulator.
"""

from __future__ import annotations

from datetime import date, timedelta

Value = str | int | float | bool | None
Row = tuple[Value, ...]

DATABASE = "PM_OS_ANALYTICS"
SCHEMA = "PM_OS_ANALYTICS"

Column = tuple[str, str, str]
"""Name, type, comment."""

COLUMNS: dict[str, tuple[str, tuple[Column, ...]]] = {
    "phase_history": (
        "One row for each phase of PM OS: what was planned, what was done, how fast.",
        (
            ("phase_id", "INT", "Number of the phase, from 0; the epic of that phase in Jira"),
            ("phase_name", "VARCHAR(100)", "Name of the phase"),
            ("status", "VARCHAR(20)", "Complete or Planned"),
            ("start_date", "DATE", "First day; empty while planned"),
            ("end_date", "DATE", "Last day; empty while planned"),
            ("duration_days", "DECIMAL(4,2)", "Days of work, counting both ends; less than 1 where measured in hours"),
            ("estimated_days", "INT", "Days that were planned"),
            ("deliverables_planned", "INT", "Deliverables that were planned"),
            ("deliverables_completed", "INT", "Deliverables that are done; the closed issues of the epic"),
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
            ("avg_time_hours", "DECIMAL(4,2)", "Hours per task, over all of its tasks"),
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
            ("deliverables_total", "INT", "Deliverables planned at the time; plans of later phases grew since"),
            ("completion_pct", "DECIMAL(5,2)", "Done out of planned, in percent"),
            ("agents_operational", "INT", "Agents at work by then"),
            ("quality_gate_pass_rate", "DECIMAL(5,2)", "Deliverables that passed their gate at once, in percent"),
            ("security_incidents", "INT", "Incidents on that day"),
            ("open_issues", "INT", "Issues open at its end"),
            ("avg_velocity_multiplier", "DECIMAL(5,2)", "Times faster than estimated"),
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

PHASE_HISTORY: tuple[Row, ...] = (
    (0, "Bootstrap Foundation", "Complete", "2026-01-31", "2026-01-31", 1.0, 14, 8, 8, 100.0, 8.0),
    (1, "Core Agent Team + Google Drive MCP", "Complete", "2026-01-31", "2026-02-01", 2.0, 21, 5, 5, 100.0, 2.5),
    (2, "Execution Layer", "Complete", "2026-02-01", "2026-02-01", 0.17, 21, 5, 5, 100.0, 30.0),
    (3, "Self-Improvement Loop", "Complete", "2026-02-01", "2026-02-02", 2.0, 21, 7, 7, 100.0, 3.5),
    (4, "MCP Integration Suite", "Planned", None, None, None, 28, 4, 0, 0.0, None),
    (5, "Data Intelligence Layer", "Planned", None, None, None, 21, 4, 0, 0.0, None),
    (6, "IDE Optimization", "Planned", None, None, None, 21, 4, 0, 0.0, None),
    (7, "Enterprise Readiness", "Planned", None, None, None, 42, 5, 0, 0.0, None),
)

AGENT_PERFORMANCE: tuple[Row, ...] = (
    ("Orchestrator", "v1.0", "2026-01-31", 0, None, None, None, 0, None),
    ("Product Architect", "v1.0", "2026-01-31", 0, 5, 100.0, 2.0, 0, None),
    ("Engineering Partner", "v1.2", "2026-01-31", 1, 6, 100.0, 1.5, 2, "2026-01-31"),
    ("UX Strategist", "v1.0", "2026-01-31", 1, 3, 100.0, 2.0, 0, None),
    ("Data Analyst", "v1.0", "2026-02-01", 2, 1, 100.0, 1.0, 0, None),
    ("GTM Strategist", "v1.0", "2026-02-01", 2, 1, 100.0, 1.0, 0, None),
    ("System Evaluator", "v1.0", "2026-02-01", 3, 2, 100.0, 2.0, 0, None),
    ("Documentation Maintainer", "v1.0", "2026-02-02", 3, 3, 100.0, 1.0, 0, None),
)

ARTIFACTS: tuple[tuple[int, str, str, int, str, str, float], ...] = (
    (1, "Directory Structure", "Infrastructure", 0, "2026-01-31", "Product Architect", 1.0),
    (2, "Identity Layer Templates", "Template", 0, "2026-01-31", "Product Architect", 2.0),
    (3, "Agent Spec Template", "Template", 0, "2026-01-31", "Product Architect", 1.5),
    (4, "PRD Template", "Template", 0, "2026-01-31", "Product Architect", 1.5),
    (5, "MCP Integration Plan Template", "Template", 0, "2026-01-31", "Product Architect", 1.0),
    (9, "Feasibility Assessment Template", "Template", 1, "2026-01-31", "Engineering Partner", 1.0),
    (9, "API Contract Template", "Template", 1, "2026-01-31", "Engineering Partner", 0.5),
    (10, "User Journey Template", "Template", 1, "2026-01-31", "UX Strategist", 1.0),
    (10, "Usability Test Plan Template", "Template", 1, "2026-01-31", "UX Strategist", 1.0),
    (11, "Google Drive MCP Integration", "Integration", 1, "2026-01-31", "Engineering Partner", 4.0),
    (12, "Google Drive MCP OAuth Setup Guide", "Spec", 1, "2026-02-01", "Engineering Partner", 1.0),
    (13, "Google Drive MCP Security Review", "Report", 1, "2026-02-01", "Engineering Partner", 1.0),
    (14, "Security Review Template", "Template", 2, "2026-02-01", "Engineering Partner", 0.5),
    (15, "Clickable Prototype Template", "Template", 2, "2026-02-01", "UX Strategist", 1.0),
    (16, "Metric Query Template", "Template", 2, "2026-02-01", "Data Analyst", 1.0),
    (17, "Positioning Template", "Template", 2, "2026-02-01", "GTM Strategist", 1.0),
    (20, "Phase Completion Report Template", "Template", 3, "2026-02-02", "Documentation Maintainer", 1.0),
    (21, "Quality Metrics Dashboard", "Dashboard", 3, "2026-02-02", "Documentation Maintainer", 3.0),
    (22, "Velocity Tracking", "Report", 3, "2026-02-02", "System Evaluator", 1.0),
    (23, "Weekly Quality Audit", "Report", 3, "2026-02-02", "System Evaluator", 1.0),
    (25, "ROADMAP-001 Implementation Summary", "Report", 3, "2026-02-02", "Documentation Maintainer", 1.0),
)
"""The issue in Jira (PMOS-…) and then what the catalogue says of the artifact, from its name on."""

QUALITY_METRICS_DAILY: tuple[Row, ...] = (
    ("2026-01-31", 1, 8, 37, 21.62, 2, 100.0, 0, 0, 14.0),
    ("2026-02-01", 3, 18, 37, 48.65, 6, 100.0, 0, 0, 29.0),
    ("2026-02-02", 4, 25, 37, 67.57, 8, 100.0, 0, 0, 11.0),
)

NORTH_STAR: tuple[Row, ...] = (
    ("PRD Drafting Time", "2026-02-02", 8.0, 4.0, None, "hours", "Pending"),
    ("Engineering Rework Rate", "2026-02-02", 40.0, 10.0, 0.0, "percent", "Exceeding"),
    ("Sprint Readiness", "2026-02-02", 60.0, 95.0, 100.0, "percent", "Exceeding"),
    ("Discovery Artifacts per Week", "2026-02-02", 2.0, 8.0, 12.0, "count", "Exceeding"),
    ("Identity Traceability", "2026-02-02", 0.0, 100.0, 100.0, "percent", "Met"),
)

EARLIER_DAYS = 14
_LEADING_UP: dict[str, tuple[Value, Value, Value]] = {
    "PRD Drafting Time": (None, None, None),
    "Engineering Rework Rate": (None, 0.0, 0.0),
    "Sprint Readiness": (60.0, 80.0, 95.0),
    "Discovery Artifacts per Week": (2.0, 5.0, 8.0),
    "Identity Traceability": (0.0, 38.0, 72.0),
}
"""Each measure before the first day of work, on that day, and on the one after."""


def north_star_metrics() -> list[Row]:
    """The measures of the plan, and those of the two weeks that led up to them."""
    rows: list[Row] = []
    first = date(2026, 2, 2) - timedelta(days=EARLIER_DAYS)
    for name, _, baseline, target, _, unit, _ in NORTH_STAR:
        before, at_first, at_second = _LEADING_UP[str(name)]
        for number in range(EARLIER_DAYS):
            value = at_first if number == EARLIER_DAYS - 2 else at_second if number == EARLIER_DAYS - 1 else before
            status = "Pending" if value is None else "Baseline" if value == baseline else "Improving"
            if value is not None and value == target:
                status = "Met"
            elif name == "Engineering Rework Rate" and value is not None:
                status = "Exceeding"
            rows.append((name, (first + timedelta(days=number)).isoformat(), baseline, target, value, unit, status))
    return [*rows, *NORTH_STAR]


def artifact_catalog() -> list[Row]:
    """The catalogue: everything was approved at the first review, as the plan has it."""
    return [
        (number, name, kind, phase, day, agent, True, True, "Approved", False, hours)
        for number, (_, name, kind, phase, day, agent, hours) in enumerate(ARTIFACTS, start=1)
    ]


def tables() -> dict[str, list[Row]]:
    """The rows of every table."""
    return {
        "phase_history": list(PHASE_HISTORY),
        "agent_performance": list(AGENT_PERFORMANCE),
        "artifact_catalog": artifact_catalog(),
        "quality_metrics_daily": list(QUALITY_METRICS_DAILY),
        "north_star_metrics": north_star_metrics(),
    }


def literal(value: Value) -> str:
    """A value as SQL has it."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)
