"""The reports at the end of phases 0 to 3."""

from __future__ import annotations

from confluence_mcp.sandbox.sample.home import REPORTS
from confluence_mcp.sandbox.sample.markup import (
    Markup,
    Part,
    body,
    both,
    box,
    day,
    expand,
    h,
    jira,
    jira_table,
    marked,
    marker,
    mention,
    p,
    page,
    properties,
    status,
    strong,
    table,
    ul,
)
from confluence_mcp.sandbox.sample.record import Edit, Note, Page
from sandbox_kit import history
from sandbox_kit.atlassian import accounts as who
from sandbox_kit.atlassian.clock import at
from sandbox_kit.history import measures

_BOOTSTRAP, _TEAM, _EXECUTION, _LOOP = (history.phase_figures(number) for number in range(4))
_ACCEPTED_GOAL = 90


def _report(figures: history.PhaseFigures, summary: Markup, learned: tuple[Part, ...], *more: Part) -> str:
    phase = figures.phase
    return body(
        properties(
            ("Phase", p(jira(phase.key))),
            ("State", p(status(phase.status.lower(), "Green"))),
            ("Began", p(day(str(phase.first_day)))),
            ("Ended", p(day(str(phase.last_day)))),
            ("Signed off by", p(mention(who.HUMAN_PM))),
        ),
        h(2, "In short"),
        summary,
        h(2, "Planned and done"),
        table(
            ("", "Planned", "Done"),
            ("Deliverables", str(figures.planned), str(figures.completed)),
            ("Story points", str(figures.points), str(figures.points_completed)),
            ("Time", phase.estimate, p(strong(figures.took), f" ({figures.multiple:g} times faster)")),
            ("Per day", "-", f"{figures.velocity_per_day:g} deliverables, {figures.points_per_day:g} points"),
            ("Accepted at the first review", f"{_ACCEPTED_GOAL} %", f"{history.accepted(figures.deliverables):g} %"),
        ),
        h(2, "Deliverables"),
        table(
            ("Issue", "What", "By", "Points", "Done"),
            *[
                (p(jira(each.key)), each.summary, each.agent, str(each.points), str(each.finished_on))
                for each in figures.deliverables
            ],
        ),
        jira_table(
            f"project = {history.PROJECT} AND parent = {phase.key} ORDER BY key", "key,summary,assignee,resolved"
        ),
        h(2, "What we learned"),
        ul(*learned),
        *more,
    )


_PHASE_0 = _report(
    _BOOTSTRAP,
    p(
        f"{_BOOTSTRAP.completed} deliverables of {_BOOTSTRAP.planned} in {_BOOTSTRAP.took}; "
        f"{_BOOTSTRAP.phase.estimate} were planned."
    ),
    ("Templates first: everything after them was quicker", "Two editors differ in one line, the path of the context"),
    box("tip", p(f"All {measures.SCENARIOS} scenarios passed at the first attempt (", jira(history.key(8)), ").")),
)
_PHASE_1_FIRST = _report(
    _TEAM,
    p("Two agents and Google Drive."),
    ("The pattern of the refresh should carry over",),
)
_LATENCY = f"{measures.DRIVE_LATENCY_MS} ms"
_PHASE_1 = _report(
    _TEAM,
    p("Two more agents and the first integration. A document takes ", strong(_LATENCY), ", and no call failed."),
    (
        "Renew a token before it ends, not when a call fails",
        "Three tries are enough",
        p("A newcomer needs a guide with pictures: ", page("Google Drive: OAuth setup guide")),
    ),
    h(2, "Measured"),
    table(("What", "Result"), ("Latency", _LATENCY), ("Failed calls", "0 %"), ("Renewals", "24 of 24")),
    expand("Every request of the night", p(page("Google Drive trial: request log"))),
)
_WORKED = f"{_EXECUTION.took} of work".capitalize()
_HOURS = (at(_EXECUTION.phase.finished) - at(_EXECUTION.phase.started)) / 3_600_000
_PHASE_2 = _report(
    _EXECUTION,
    p("Five agents hand over to each other. ", marked(marker("four-hours"), _WORKED), " in all."),
    ("Nothing was lost between agents; two headings were renamed", "A prototype has to say that it is a sketch"),
)
_PHASE_3 = _report(
    _LOOP,
    p(
        "The system counts, audits and corrects itself. ",
        strong(f"{history.METRICS} metrics"),
        f", of which {len(history.MEASURES)} are on top.",
    ),
    (
        f"{len(history.MEASURES)} numbers that somebody decides by are better than {history.METRICS}",
        "No deliverable was reworked",
    ),
)
_PHASE_3_PASSED_ON = both(
    h(2, "Passed on to Phase 4"),
    ul(
        p("Sample data that is too tidy: ", jira(history.key(41))),
        p("The playbook that was promised: ", page("OAuth playbook"), ", ", jira(history.key(34))),
    ),
)


def _page(number: int, phase: int, edits: tuple[Edit, ...], *notes: Note) -> Page:
    labels = ("report", f"phase-{phase}")
    return Page(number, f"Phase {phase} completion report", edits, REPORTS, labels, notes, views=6 + phase)


PAGES = (
    _page(
        98451,
        0,
        (Edit(who.PRODUCT_ARCHITECT, "2026-01-31 17:00", _PHASE_0),),
        Note(
            who.HUMAN_PM,
            "2026-01-31 18:30",
            p(f"{_BOOTSTRAP.phase.estimate} were planned for this. I will trust the next estimate less."),
        ),
    ),
    _page(
        98452,
        1,
        (
            Edit(who.PRODUCT_ARCHITECT, "2026-02-01 09:30", _PHASE_1_FIRST),
            Edit(who.ENGINEERING_PARTNER, "2026-02-01 09:55", _PHASE_1, "What was measured"),
        ),
    ),
    _page(
        98453,
        2,
        (Edit(who.PRODUCT_ARCHITECT, "2026-02-01 18:00", _PHASE_2),),
        Note(
            who.DATA_ANALYST,
            "2026-02-01 18:40",
            p(f"Of work, not from beginning to end: that was {_HOURS:g} hours."),
            marker("four-hours"),
            _WORKED,
            who.PRODUCT_ARCHITECT,
        ),
    ),
    _page(
        98454,
        3,
        (
            Edit(who.DOCUMENTATION_MAINTAINER, "2026-02-02 19:00", _PHASE_3),
            Edit(who.PRODUCT_ARCHITECT, "2026-02-02 19:58", _PHASE_3 + _PHASE_3_PASSED_ON, "What Phase 4 takes over"),
        ),
    ),
)
