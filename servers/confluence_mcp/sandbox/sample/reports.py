"""The reports at the end of phases 0 to 3."""

from __future__ import annotations

from confluence_mcp.sandbox.sample.files import PHASES
from confluence_mcp.sandbox.sample.home import REPORTS
from confluence_mcp.sandbox.sample.markup import (
    Markup,
    Part,
    body,
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
from sandbox_kit.atlassian import accounts as who

_TOOK = ("1 day", "2 days", "4 hours", "2 days")
_PLANNED = ("2 weeks", "3 weeks", "3 weeks", "3 weeks")
_BEGAN = ("2026-01-31", "2026-01-31", "2026-02-01", "2026-02-01")
_ENDED = ("2026-01-31", "2026-02-01", "2026-02-01", "2026-02-02")


def _report(phase: int, summary: Markup, learned: tuple[Part, ...], *more: Part, multiple: str) -> str:
    _, issues, points, _, _ = PHASES[phase]
    return body(
        properties(
            ("Phase", p(jira(f"PMOS-{26 + phase}"))),
            ("State", p(status("complete", "Green"))),
            ("Began", p(day(_BEGAN[phase]))),
            ("Ended", p(day(_ENDED[phase]))),
            ("Signed off by", p(mention(who.HUMAN_PM))),
        ),
        h(2, "In short"),
        summary,
        h(2, "Planned and done"),
        table(
            ("", "Planned", "Done"),
            ("Deliverables", str(issues), str(issues)),
            ("Story points", str(points), str(points)),
            ("Time", _PLANNED[phase], p(strong(_TOOK[phase]), f" ({multiple} times faster)")),
            ("Accepted at the first review", "90 %", "100 %"),
        ),
        h(2, "Deliverables"),
        jira_table(f"project = PMOS AND parent = PMOS-{26 + phase} ORDER BY key", "key,summary,assignee,resolved"),
        h(2, "What we learned"),
        ul(*learned),
        *more,
    )


_PHASE_0 = _report(
    0,
    p("Eight deliverables of eight in one day; two weeks were planned."),
    ("Templates first: everything after them was quicker", "Two editors differ in one line, the path of the context"),
    box("tip", p("All five scenarios passed at the first attempt (", jira("PMOS-8"), ").")),
    multiple="14",
)
_PHASE_1_FIRST = _report(
    1,
    p("Two agents and Google Drive."),
    ("The pattern of the refresh should carry over",),
    multiple="10",
)
_PHASE_1 = _report(
    1,
    p("Two more agents and the first integration. A document takes ", strong("514 ms"), ", and no call failed."),
    (
        "Renew a token before it ends, not when a call fails",
        "Three tries are enough",
        p("A newcomer needs a guide with pictures: ", page("Google Drive: OAuth setup guide")),
    ),
    h(2, "Measured"),
    table(("What", "Result"), ("Latency", "514 ms"), ("Failed calls", "0 %"), ("Renewals", "24 of 24")),
    expand("Every request of the night", p(page("Google Drive trial: request log"))),
    multiple="10.5",
)
_PHASE_2 = _report(
    2,
    p("Five agents hand over to each other. ", marked(marker("four-hours"), "Four hours of work"), " in all."),
    ("Nothing was lost between agents; two headings were renamed", "A prototype has to say that it is a sketch"),
    multiple="125",
)
_PHASE_3 = _report(
    3,
    p("The system counts, audits and corrects itself. ", strong("67 metrics"), ", of which five are on top."),
    ("Five numbers that somebody decides by are better than sixty-seven", "No deliverable was reworked"),
    h(2, "Passed on to Phase 4"),
    ul(
        p("Sample data that is too tidy: ", jira("PMOS-41")),
        p("The playbook that was promised: ", page("OAuth playbook"), ", ", jira("PMOS-34")),
    ),
    multiple="10.5",
)


def _page(number: int, phase: int, edits: tuple[Edit, ...], *notes: Note) -> Page:
    labels = ("report", f"phase-{phase}")
    return Page(number, f"Phase {phase} completion report", edits, REPORTS, labels, notes, views=6 + phase)


PAGES = (
    _page(
        98451,
        0,
        (Edit(who.PRODUCT_ARCHITECT, "2026-01-31 18:10", _PHASE_0),),
        Note(
            who.HUMAN_PM, "2026-01-31 18:30", p("Two weeks were planned for this. I will trust the next estimate less.")
        ),
    ),
    _page(
        98452,
        1,
        (
            Edit(who.PRODUCT_ARCHITECT, "2026-02-01 09:35", _PHASE_1_FIRST),
            Edit(who.ENGINEERING_PARTNER, "2026-02-01 09:55", _PHASE_1, "What was measured"),
        ),
    ),
    _page(
        98453,
        2,
        (Edit(who.PRODUCT_ARCHITECT, "2026-02-01 18:05", _PHASE_2),),
        Note(
            who.DATA_ANALYST,
            "2026-02-01 18:40",
            p("Of work, not from beginning to end: that was eight and a half."),
            marker("four-hours"),
            "Four hours of work",
            who.PRODUCT_ARCHITECT,
        ),
    ),
    _page(98454, 3, (Edit(who.DOCUMENTATION_MAINTAINER, "2026-02-02 19:05", _PHASE_3),)),
)
