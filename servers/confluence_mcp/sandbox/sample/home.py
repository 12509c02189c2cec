"""The home page of PMOS, its six sections, and the folder of meeting notes."""

from __future__ import annotations

from confluence_mcp.sandbox.sample.markup import (
    Part,
    body,
    box,
    day,
    h,
    hr,
    jira,
    layout,
    line,
    macro,
    mention,
    ol,
    p,
    page,
    panel,
    status,
    strong,
    table,
    tasks,
    ul,
)
from confluence_mcp.sandbox.sample.markup import both as cell
from confluence_mcp.sandbox.sample.record import Edit, Note, Page
from sandbox_kit import history
from sandbox_kit.atlassian import accounts as who

HOME = 98400
REQUIREMENTS, SPECIFICATIONS, AGENTS, DISCOVERY, REPORTS, DASHBOARDS = range(98401, 98407)
NOTES_FOLDER = 98407

_FIRST_HOME = body(
    p("Everything about PM OS is kept here."),
    ul("Requirements", "Specifications", "Reports"),
)

_SHORT = ("Bootstrap", "Core agents", "Execution", "Self-improvement", "Integrations")
_REQUIREMENTS = (
    "Phase 0 PRD: Bootstrap Foundation",
    "Phase 1 PRD: Core Agent Team",
    "Phase 2 PRD: Execution Layer",
    "Phase 3 PRD: Self-Improvement Loop",
    "Phase 4 PRD: MCP Integration Suite",
)
_FIRST, _LAST = history.PHASES[0].key, history.PHASES[-1].key


def _row(figures: history.PhaseFigures, short: str) -> tuple[Part, ...]:
    """The row of a phase; its report is there when it is complete."""
    phase, over = figures.phase, bool(figures.phase.finished)
    return (
        f"{phase.number} {short}",
        p(status("done", "Green") if over else status(phase.status.lower())),
        f"{figures.completed} of {figures.planned}",
        p(page(_REQUIREMENTS[phase.number])),
        p(page(f"Phase {phase.number} completion report")) if over else "not yet",
    )


_HOME = body(
    layout(
        (
            "single",
            (
                cell(
                    box(
                        "info",
                        p("PM OS helps a product manager to discover, specify, deliver and measure. "),
                        p(f"{len(history.AGENTS)} agents do the writing; ", mention(who.HUMAN_PM), " decides."),
                        title="What this is",
                    ),
                ),
            ),
        ),
        (
            "two_right_sidebar",
            (
                cell(
                    h(2, "Where we are"),
                    table(
                        ("Phase", "State", "Deliverables", "Requirement", "Report"),
                        *[_row(history.phase_figures(phase), short) for phase, short in enumerate(_SHORT)],
                    ),
                    p("The work itself is in Jira, as the epics ", jira(_FIRST), " to ", jira(_LAST), "."),
                ),
                cell(
                    h(3, "Read first"),
                    ol(
                        p(page("Quality dashboard")),
                        p(page("OAuth playbook")),
                        p(page("Agent Specifications", "The agents")),
                    ),
                    macro("recently-updated", {"max": "5", "spaces": "PMOS"}),
                ),
            ),
        ),
    )
)


def _section(number: int, title: str, about: str, *labels: str) -> Page:
    text = body(p(about), macro("children", {"all": "true", "excerptType": "simple"}))
    edits = (Edit(who.HUMAN_PM, "2026-01-30 15:30", text),)
    return Page(number, title, edits, HOME, ("section", *labels), views=9)


_PHASE_4_ENDS = max(each.due for each in history.phase_figures(4).deliverables)
_PLAYBOOK = history.DELIVERABLE[34]
_AGENDA = body(
    p("With ", mention(who.HUMAN_PM), ", ", mention(who.PRODUCT_ARCHITECT), " and ", mention(who.ENGINEERING_PARTNER)),
    h(2, "Said"),
    ul(
        p("Phase 3 closes today; the last item is ", jira(history.key(25)), "."),
        f"Four integrations in {history.PHASES[4].estimate} is bold. Jira goes first.",
        p(
            f"{history.METRICS} metrics are too many for one look: ",
            f"the {len(history.MEASURES)} we decide by go to the top (",
            jira(history.key(21)),
            ").",
        ),
    ),
    h(2, "Decided"),
    panel("Decision", p("Every integration starts with reading. Writing comes when reading has been used for a day.")),
    h(2, "To do"),
    tasks(
        (1, True, line(mention(who.PRODUCT_ARCHITECT), " files the stories of Phase 4")),
        (
            2,
            False,
            line(mention(who.ENGINEERING_PARTNER), " writes the OAuth playbook by ", day(_PLAYBOOK.due)),
        ),
        (3, False, line(mention(who.HUMAN_PM), " tries three workflows by hand before ", day(_PHASE_4_ENDS))),
    ),
    hr(),
    p(strong("Next: "), day("2026-02-09")),
)

SECTIONS = (
    Page(
        HOME,
        "PM OS",
        (
            Edit(who.HUMAN_PM, "2026-01-30 15:05", _FIRST_HOME),
            Edit(who.DOCUMENTATION_MAINTAINER, "2026-02-02 19:30", _HOME, "A table of the phases instead of a list"),
        ),
        labels=("home",),
        views=41,
        liked_by=(who.HUMAN_PM, who.ALEX_RIVERA, who.UX_STRATEGIST),
        notes=(Note(who.ALEX_RIVERA, "2026-02-02 20:10", p("Found everything in a minute. Thank you.")),),
    ),
    _section(REQUIREMENTS, "Product Requirements", "What each phase is for, and when it is finished.", "prd"),
    _section(
        SPECIFICATIONS, "Technical Specifications", "How things are built, and what was decided on the way.", "spec"
    ),
    _section(
        AGENTS, "Agent Specifications", "What each agent may decide, what it must ask, how it is judged.", "agent-spec"
    ),
    _section(DISCOVERY, "Discovery Trees", "From an outcome to opportunities to what we try.", "discovery"),
    _section(REPORTS, "Phase Reports", "What was planned, what came of it, and what we learned.", "report"),
    _section(DASHBOARDS, "Dashboards", "Numbers, with the day they are from.", "dashboard"),
    Page(NOTES_FOLDER, "Meeting notes", (Edit(who.HUMAN_PM, "2026-02-02 09:00", ""),), HOME, kind="folder", views=0),
    Page(
        98408,
        "2026-02-02 Weekly",
        (Edit(who.PRODUCT_ARCHITECT, "2026-02-02 16:00", _AGENDA),),
        NOTES_FOLDER,
        ("meeting-notes",),
    ),
)
