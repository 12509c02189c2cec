"""The phases of PM OS."""

from sandbox_kit.history.measures import METRICS
from sandbox_kit.history.model import Phase

PHASES = (
    Phase(
        0,
        "Bootstrap Foundation",
        "Give agents a repository whose folders, templates and rules they understand without being told twice.",
        (
            "Folders for identity, discovery, execution and evaluation",
            "Templates for strategy, standards, roadmap, agents, requirements and integrations",
            "An orchestrator and a first specialist, in both editors",
        ),
        14,
        "0.1",
        "2026-01-31 08:30",
        "2026-01-31 18:00",
    ),
    Phase(
        1,
        "Core Agent Team + Google Drive MCP",
        "Put an engineer and a designer next to the product architect, and let all three read our documents.",
        (
            "Engineering Partner and UX Strategist at work",
            "Google Drive reachable, with a refresh that nobody has to think about",
            "A setup guide that a newcomer can follow alone",
        ),
        21,
        "0.2",
        "2026-01-31 18:00",
        "2026-02-01 09:30",
        (0,),
    ),
    Phase(
        2,
        "Execution Layer",
        "Go from an agreed requirement to a spec, a prototype, a query and a message to the market.",
        (
            "Security review as part of every spec",
            "Prototypes generated from requirements",
            "SQL and positioning on request",
        ),
        21,
        "0.2",
        "2026-02-01 09:30",
        "2026-02-01 18:00",
        (1,),
        in_hours=True,
    ),
    Phase(
        3,
        "Self-Improvement Loop",
        "Let the system measure its own work, say where it falls short, and keep its documents true.",
        (
            "A weekly audit that nobody has to start",
            f"One dashboard with {METRICS} metrics",
            "Documents that change when the product does",
        ),
        21,
        "0.3",
        "2026-02-01 18:00",
        "2026-02-02 19:00",
        (2,),
    ),
    Phase(
        4,
        "MCP Integration Suite",
        "Bring the tools that the company already uses within reach of every agent: Jira, Confluence, Slack and "
        "Snowflake.",
        (
            "Four servers, each usable alone",
            "One way to keep credentials, errors and limits",
            "A requirement that travels from document to ticket to message without copying",
        ),
        8,
        "0.4",
        after=(3,),
    ),
    Phase(
        5,
        "Data Intelligence Layer",
        "Answer product questions from the warehouse, with the query shown next to the answer.",
        ("Questions in plain words", "Anomalies found before somebody asks", "Forecasts with their error"),
        21,
        "1.0",
        after=(4,),
    ),
    Phase(
        6,
        "IDE Optimization",
        "Make the everyday commands quick enough that nobody leaves the editor.",
        ("Commands for the ten most frequent tasks", "Context that fits the window", "Answers in two seconds"),
        21,
        "1.0",
        after=(4,),
    ),
    Phase(
        7,
        "Enterprise Readiness",
        "Pass the security review of a large company and be run by people who did not build it.",
        (
            "Single sign-on and roles",
            "A trail of who did what",
            "Several teams side by side without seeing each other",
        ),
        42,
        "1.0",
        after=(5, 6),
    ),
)
