"""The dashboards: tables of numbers, each with the day it is from."""

from __future__ import annotations

from datetime import date

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
from sandbox_kit import history
from sandbox_kit.atlassian import accounts as who

_COLOURS = {"Exceeding": "Green", "Pending": "Grey", "Met": "Blue"}
_UNITS = {"hours": " h", "percent": " %"}
_TOTALS = history.totals()
_RISK = history.PHASES[_TOTALS.phases_complete]
"""The phase that the risks are about: the one that comes next."""


def _measure(measure: history.Measure) -> tuple[Part, ...]:
    """A row of the five: before, goal, now, state."""
    unit = _UNITS.get(measure.unit, "")
    now = "not yet measured" if measure.current is None else f"{measure.current:g}{unit}"
    state = p(status(measure.status.lower(), _COLOURS.get(measure.status, "Yellow")))
    return (measure.name, f"{measure.baseline:g}{unit}", f"{measure.target:g}{unit}", now, state)


_FIVE: tuple[tuple[Part, ...], ...] = tuple(map(_measure, history.MEASURES))
_AGENTS = [history.agent_figures(each.name) for each in history.AGENTS]


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:g} %"


def _all_metrics() -> list[tuple[Part, ...]]:
    rows: list[tuple[Part, ...]] = []
    for group, count in history.METRIC_GROUPS:
        rows += [
            (f"{group[:3].upper()}-{number:02d}", group, f"{(number * 7 + count) % 41 + 60} %")
            for number in range(1, count + 1)
        ]
    return rows


def _quality(*, five: bool, until: date = _TOTALS.last_day) -> str:
    """The dashboard with the days up to one, those that were over when it was written."""
    days = [each for each in history.days() if each.day <= until]
    top = [h(2, "The five we decide by"), table(("Metric", "Before", "Goal", "Now", "State"), *_FIVE)] if five else []
    return body(
        p("As of ", day(days[-1].day.isoformat()), ". One question: ", strong("are we better than last week?")),
        *top,
        h(2, "Day by day"),
        table(
            ("Day", "Phases", "Deliverables", "Complete", "Agents", "Passed at first", "Velocity", "Open issues"),
            *[
                (
                    each.day.isoformat(),
                    str(each.phases_complete),
                    f"{each.deliverables_complete} of {each.deliverables_total}",
                    _percent(each.completion_pct),
                    str(each.agents),
                    _percent(each.gate_pass_rate),
                    f"{each.velocity_multiple or 0:g} times",
                    str(each.open_issues),
                )
                for each in days
            ],
        ),
        macro(
            "chart",
            {"type": "line", "title": "Complete, in percent"},
            table(("Day", "Complete"), *[(str(each.day.day), f"{each.completion_pct:g}") for each in days]),
        ),
        h(2, "Agents"),
        table(
            ("Agent", "Version", "Deliverables", "Artefacts", "Mean time", "Accepted at first"),
            *[
                (
                    each.agent.name,
                    each.agent.version,
                    str(len(each.deliverables)),
                    str(len(each.artifacts)),
                    "" if each.mean_hours is None else f"{each.mean_hours:g} h",
                    _percent(each.acceptance_rate),
                )
                for each in _AGENTS
                if each.agent.deployed <= until
            ],
        ),
        h(2, f"All {history.METRICS}"),
        expand("Open the table", table(("Metric", "Group", "Now"), *_all_metrics())),
        p("The same numbers: ", file("quality metrics.csv"), ". Where they come from: ", jira(history.key(21)), "."),
    )


_VELOCITY = body(
    layout(
        (
            "two_left_sidebar",
            (
                both(box("info", p("Points of a phase by the days it took. See ", jira(history.key(22)), "."))),
                both(image("velocity.png", "Issues done per day, by phase", width=300)),
            ),
        ),
        (
            "single",
            (
                both(
                    table(
                        ("Phase", "Issues", "Points", "Days", "Planned", "Issues per day", "Points per day"),
                        *[
                            (
                                f"Phase {each.phase.number}",
                                str(each.completed),
                                str(each.points),
                                f"{round(each.days or 0, 2):g}",
                                str(each.phase.estimated_days),
                                f"{each.velocity_per_day:g}",
                                f"{each.points_per_day:g}",
                            )
                            for each in files.COMPLETE
                        ],
                        layout="full-width",
                    ),
                    p(
                        "In all: ",
                        strong(f"{_TOTALS.deliverables_complete} issues, {_TOTALS.points_complete} points"),
                        f", of {_TOTALS.deliverables} issues and {_TOTALS.points} points that are planned.",
                    ),
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


def _on_the_roadmap(each: history.PhaseFigures) -> tuple[Part, ...]:
    phase = each.phase
    colours = {"Complete": "Green", "In Progress": "Blue"}
    return (
        str(phase.number),
        phase.name,
        p(jira(phase.key)),
        p(status(phase.status.lower(), colours[phase.status]) if phase.status in colours else status("planned")),
        f"{each.completed} of {each.planned}",
        str(each.points),
        phase.estimate,
        each.took or "-",
    )


_ROADMAP = body(
    macro("detailssummary", {"cql": 'label = "report" and space = currentSpace()', "headings": "Phase,State,Ended"}),
    h(2, "ROADMAP-001"),
    p("The roadmap changes when a phase closes, not when somebody remembers: ", jira(history.key(25)), "."),
    table(
        ("Phase", "Name", "Epic", "State", "Deliverables", "Points", "Estimate", "Took"),
        *[_on_the_roadmap(history.phase_figures(each.number)) for each in history.PHASES],
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

_YESTERDAY = history.days()[-2].day
PAGES = (
    Page(
        98461,
        "Quality dashboard",
        (
            Edit(who.DOCUMENTATION_MAINTAINER, "2026-02-02 17:00", _quality(five=False, until=_YESTERDAY)),
            Edit(
                who.DOCUMENTATION_MAINTAINER,
                "2026-02-02 17:45",
                _quality(five=True, until=_YESTERDAY),
                "The five on top",
            ),
            Edit(who.DATA_ANALYST, "2026-02-02 20:00", _quality(five=True), "The figures of today", minor=True),
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
        (File("quality metrics.csv", who.DATA_ANALYST, "2026-02-02 19:58", (files.metrics_table,)),),
        views=30,
    ),
    Page(
        98462,
        "Velocity",
        (Edit(who.SYSTEM_EVALUATOR, "2026-02-02 19:05", _VELOCITY),),
        DASHBOARDS,
        ("dashboard", "metrics", "phase-3"),
        files=(
            File("velocity.png", who.SYSTEM_EVALUATOR, "2026-02-02 19:04", (files.velocity_chart,)),
            File("velocity.csv", who.SYSTEM_EVALUATOR, "2026-02-02 19:03", (files.velocity_table,)),
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
        f"Risks of Phase {_RISK.number}",
        (Edit(who.ALEX_MOREAU, "2026-02-02 15:30", _RISKS),),
        DASHBOARDS,
        ("dashboard", _RISK.label, "confidential"),
        readers=(who.ALEX_MOREAU, who.HUMAN_PM),
        editors=(who.ALEX_MOREAU,),
    ),
)
