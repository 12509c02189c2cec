"""The eight phases of PM OS, each an epic."""

from __future__ import annotations

from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.record import Record
from jira_mcp.sandbox.sample.text import doc, h, p, panel, table, text, ul
from sandbox_kit.atlassian import accounts as who

FIRST_EPIC = 26


def epic_number(phase: int) -> int:
    """The issue number of a phase's epic."""
    return FIRST_EPIC + phase


def _epic(
    phase: int,
    name: str,
    goal: str,
    outcomes: tuple[str, ...],
    planned: str,
    *,
    started: str = "",
    finished: str = "",
    actual: str = "",
    version: str = "",
    links: tuple[tuple[str, int], ...] = (),
) -> Record:
    blocks = [h(2, "Goal"), p(goal), h(2, "Outcomes"), ul(*outcomes)]
    if actual:
        blocks += [h(2, "Estimate and result"), table(("Planned", "Took"), (planned, actual))]
    else:
        blocks.append(panel("info", p("Planned to take ", text(planned, "strong"), ".")))
    return Record(
        epic_number(phase),
        f"Phase {phase} - {name}",
        doc(*blocks),
        site.EPIC,
        phase,
        "Orchestrator",
        "",
        who.HUMAN_PM,
        who.HUMAN_PM,
        labels=(f"phase-{phase}", "roadmap"),
        priority="2",
        version=version,
        created="2026-01-30 16:00",
        started=started,
        finished=finished,
        links=links,
        acceptance=100 if finished else None,
    )


EPICS = (
    _epic(
        0,
        "Bootstrap Foundation",
        "Give agents a repository whose folders, templates and rules they understand without being told twice.",
        (
            "Folders for identity, discovery, execution and evaluation",
            "Templates for strategy, standards, roadmap, agents, requirements and integrations",
            "An orchestrator and a first specialist, in both editors",
        ),
        "2 weeks",
        started="2026-01-31 08:30",
        finished="2026-01-31 18:00",
        actual="1 day",
        version="0.1",
    ),
    _epic(
        1,
        "Core Agent Team + Google Drive MCP",
        "Put an engineer and a designer next to the product architect, and let all three read our documents.",
        (
            "Engineering Partner and UX Strategist at work",
            "Google Drive reachable, with a refresh that nobody has to think about",
            "A setup guide that a newcomer can follow alone",
        ),
        "3 weeks",
        started="2026-01-31 18:00",
        finished="2026-02-01 09:30",
        actual="2 days",
        version="0.2",
        links=(("is blocked by", epic_number(0)),),
    ),
    _epic(
        2,
        "Execution Layer",
        "Go from an agreed requirement to a spec, a prototype, a query and a message to the market.",
        (
            "Security review as part of every spec",
            "Prototypes generated from requirements",
            "SQL and positioning on request",
        ),
        "3 weeks",
        started="2026-02-01 09:30",
        finished="2026-02-01 18:00",
        actual="4 hours of work",
        version="0.2",
        links=(("is blocked by", epic_number(1)),),
    ),
    _epic(
        3,
        "Self-Improvement Loop",
        "Let the system measure its own work, say where it falls short, and keep its documents true.",
        (
            "A weekly audit that nobody has to start",
            "One dashboard with 67 metrics",
            "Documents that change when the product does",
        ),
        "3 weeks",
        started="2026-02-01 18:00",
        finished="2026-02-02 19:00",
        actual="2 days",
        version="0.3",
        links=(("is blocked by", epic_number(2)),),
    ),
    _epic(
        4,
        "MCP Integration Suite",
        "Bring the tools that the company already uses within reach of every agent: Jira, Confluence, Slack and "
        "Snowflake.",
        (
            "Four servers, each usable alone",
            "One way to keep credentials, errors and limits",
            "A requirement that travels from document to ticket to message without copying",
        ),
        "6 to 8 days",
        version="0.4",
        links=(("is blocked by", epic_number(3)),),
    ),
    _epic(
        5,
        "Data Intelligence Layer",
        "Answer product questions from the warehouse, with the query shown next to the answer.",
        (
            "Questions in plain words",
            "Anomalies found before somebody asks",
            "Forecasts with their error",
        ),
        "3 weeks",
        version="1.0",
        links=(("is blocked by", epic_number(4)),),
    ),
    _epic(
        6,
        "IDE Optimization",
        "Make the everyday commands quick enough that nobody leaves the editor.",
        ("Commands for the ten most frequent tasks", "Context that fits the window", "Answers in two seconds"),
        "3 weeks",
        version="1.0",
        links=(("is blocked by", epic_number(4)),),
    ),
    _epic(
        7,
        "Enterprise Readiness",
        "Pass the security review of a large company and be run by people who did not build it.",
        (
            "Single sign-on and roles",
            "A trail of who did what",
            "Several teams side by side without seeing each other",
        ),
        "6 weeks",
        version="1.0",
        links=(("is blocked by", epic_number(5)), ("is blocked by", epic_number(6))),
    ),
)
