"""The dashboards: tables of numbers, each with the day it is from."""

from __future__ import annotations

from confluence_mcp.sandbox.sample import files
from confluence_mcp.sandbox.sample.home import DASHBOARDS
from confluence_mcp.sandbox.sample.markup import (
    Part,
    body,
    both,
    box,
    code,
    day,
    expand,
    file,
    h,
    image,
    jira,
    layout,
    macro,
    p,
    page,
    status,
    strong,
    table,
    tasks,
    toc,
    ul,
)
from confluence_mcp.sandbox.sample.record import Edit, File, Note, Page
from sandbox_kit.atlassian import accounts as who

_GOOD, _OPEN = status("exceeding", "Green"), status("pending", "Grey")
_FIVE: tuple[tuple[Part, ...], ...] = (
    ("Drafting time of a requirement", "8 h", "4 h", "not yet measured", p(_OPEN)),
    ("Engineering rework", "40 %", "10 %", "0 %", p(_GOOD)),
    ("Ready at the start of a sprint", "60 %", "95 %", "100 %", p(_GOOD)),
    ("Discovery artefacts per week", "2", "8", "12", p(_GOOD)),
    ("Traceable to the strategy", "0 %", "100 %", "100 %", p(status("met", "Blue"))),
)
_GROUPS = (("Velocity", 14), ("Acceptance", 18), ("Traceability", 9), ("Agents", 26))
_AGENTS = (
    ("Product Architect", "1.0", 5, "2.0 h"),
    ("Engineering Partner", "1.2", 6, "1.5 h"),
    ("UX Strategist", "1.0", 3, "2.0 h"),
    ("Data Analyst", "1.0", 1, "1.0 h"),
    ("GTM Strategist", "1.0", 1, "1.0 h"),
    ("System Evaluator", "1.0", 2, "2.0 h"),
    ("Documentation Maintainer", "1.0", 3, "1.0 h"),
)


def _all_metrics() -> list[tuple[Part, ...]]:
    rows: list[tuple[Part, ...]] = []
    for group, count in _GROUPS:
        rows += [
            (f"{group[:3].upper()}-{number:02d}", group, f"{(number * 7 + count) % 41 + 60} %")
            for number in range(1, count + 1)
        ]
    return rows


def _quality(*, five: bool) -> str:
    top = [h(2, "The five we decide by"), table(("Metric", "Before", "Goal", "Now", "State"), *_FIVE)] if five else []
    return body(
        p("As of ", day("2026-02-02"), ". One question: ", strong("are we better than last week?")),
        *top,
        h(2, "Day by day"),
        table(
            ("Day", "Phases", "Deliverables", "Complete", "Agents", "Passed at first"),
            ("2026-01-31", "1", "8 of 37", "21.6 %", "2", "100 %"),
            ("2026-02-01", "3", "18 of 37", "48.6 %", "6", "100 %"),
            ("2026-02-02", "4", "25 of 37", "67.6 %", "8", "100 %"),
        ),
        macro(
            "chart",
            {"type": "line", "title": "Complete, in percent"},
            table(("Day", "Complete"), ("31", "21.6"), ("1", "48.6"), ("2", "67.6")),
        ),
        h(2, "Agents"),
        table(("Agent", "Version", "Artefacts", "Mean time"), *[tuple(map(str, row)) for row in _AGENTS]),
        h(2, "All 67"),
        expand("Open the table", table(("Metric", "Group", "Now"), *_all_metrics())),
        p("The same numbers: ", file("quality metrics.csv"), ". Where they come from: ", jira("PMOS-21"), "."),
    )


_VELOCITY = body(
    layout(
        (
            "two_left_sidebar",
            (
                both(box("info", p("Points of a phase by the days it took. See ", jira("PMOS-22"), "."))),
                both(image("velocity.png", "Issues done per day, by phase", width=300)),
            ),
        ),
        (
            "single",
            (
                both(
                    table(
                        ("Phase", "Issues", "Points", "Days", "Planned", "Issues per day"),
                        *[
                            (name, str(issues), str(points), str(days), str(planned), f"{issues / days:.1f}")
                            for name, issues, points, days, planned in files.PHASES
                        ],
                        layout="full-width",
                    ),
                    p("In all: ", strong("25 issues, 86 points"), "."),
                ),
            ),
        ),
    ),
)
_NORTH_STAR = body(
    toc(2),
    h(2, "Numbers"),
    table(("Metric", "Before", "Goal", "Now", "State"), *_FIVE),
    h(2, "Query"),
    code(
        "sql",
        "SELECT metric_name, current_value, target_value\nFROM pm_os_analytics.north_star_metrics\n"
        "WHERE current_value > target_value;",
    ),
    h(2, "To do"),
    tasks((31, False, "Measure the drafting time: two requirements are not enough")),
)
_ROADMAP = body(
    macro("detailssummary", {"cql": 'label = "report" and space = currentSpace()', "headings": "Phase,State,Ended"}),
    h(2, "ROADMAP-001"),
    p("The roadmap changes when a phase closes, not when somebody remembers: ", jira("PMOS-25"), "."),
    table(
        ("Phase", "Epic", "State"),
        *[(str(phase), p(jira(f"PMOS-{26 + phase}")), p(status("done", "Green"))) for phase in range(4)],
        ("4", p(jira("PMOS-30")), p(status("in progress", "Blue"))),
        *[(str(phase), p(jira(f"PMOS-{26 + phase}")), p(status("planned"))) for phase in range(5, 8)],
    ),
)
_RISKS = body(
    box("warning", p("Not for customers. Readers are named one by one.")),
    table(
        ("Risk", "Likely", "Impact", "First sign", "Issue"),
        ("RISK-004: signing in to four services", "medium", "high", "more than 4 hours for one", p(jira("RISK-1"))),
        (
            "RISK-006: sample data that is too tidy",
            "low",
            "medium",
            "a fault that only real data show",
            p(jira("RISK-2")),
        ),
    ),
    ul(p("More in the register: ", page("Open risks", space="RISK"))),
)

PAGES = (
    Page(
        98461,
        "Quality dashboard",
        (
            Edit(who.DOCUMENTATION_MAINTAINER, "2026-02-02 17:00", _quality(five=False)),
            Edit(who.DOCUMENTATION_MAINTAINER, "2026-02-02 17:45", _quality(five=True), "The five on top"),
            Edit(who.DATA_ANALYST, "2026-02-02 20:00", _quality(five=True).replace("2 h</p>", "2.0 h</p>"), minor=True),
        ),
        DASHBOARDS,
        ("dashboard", "metrics", "phase-3"),
        (
            Note(
                who.HUMAN_PM,
                "2026-02-02 17:20",
                p("Sixty-seven is a lot. Please put the five that I decide by at the top."),
                replies=(Note(who.DOCUMENTATION_MAINTAINER, "2026-02-02 17:46", p("Done.")),),
            ),
        ),
        (File("quality metrics.csv", who.DATA_ANALYST, "2026-02-02 16:40", (files.metrics_table,)),),
        views=30,
    ),
    Page(
        98462,
        "Velocity",
        (Edit(who.SYSTEM_EVALUATOR, "2026-02-02 12:00", _VELOCITY),),
        DASHBOARDS,
        ("dashboard", "metrics", "phase-3"),
        files=(
            File("velocity.png", who.SYSTEM_EVALUATOR, "2026-02-02 11:40", (files.velocity_chart,)),
            File("velocity.csv", who.SYSTEM_EVALUATOR, "2026-02-02 11:30", (files.velocity_table,)),
        ),
    ),
    Page(
        98463,
        "North star metrics",
        (Edit(who.DATA_ANALYST, "2026-02-02 20:05", _NORTH_STAR),),
        DASHBOARDS,
        ("dashboard", "metrics"),
    ),
    Page(
        98464,
        "Roadmap",
        (Edit(who.DOCUMENTATION_MAINTAINER, "2026-02-02 19:00", _ROADMAP),),
        DASHBOARDS,
        ("dashboard", "roadmap"),
        views=17,
    ),
    Page(
        98465,
        "Risks of Phase 4",
        (Edit(who.ALEX_MOREAU, "2026-02-02 15:30", _RISKS),),
        DASHBOARDS,
        ("dashboard", "phase-4", "confidential"),
        readers=(who.ALEX_MOREAU, who.HUMAN_PM),
        editors=(who.ALEX_MOREAU,),
    ),
)
