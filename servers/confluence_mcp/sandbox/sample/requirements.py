"""The requirement documents of phases 0 to 4."""

from __future__ import annotations

from confluence_mcp.sandbox.sample.home import REQUIREMENTS
from confluence_mcp.sandbox.sample.markup import (
    Markup,
    body,
    box,
    code,
    day,
    em,
    expand,
    h,
    jira,
    jira_table,
    line,
    marked,
    marker,
    mention,
    mono,
    ol,
    p,
    page,
    panel,
    properties,
    status,
    strong,
    table,
    tasks,
    toc,
    ul,
)
from confluence_mcp.sandbox.sample.record import Edit, Note, Page
from confluence_mcp.sandbox.sample.requirements_phase4 import PHASE_4
from sandbox_kit import history
from sandbox_kit.atlassian import accounts as who


def _about(owner: who.Account, state: Markup, phase: int) -> Markup:
    return properties(
        ("Owner", p(mention(owner))),
        ("State", p(state)),
        ("Epic", p(jira(history.epic(phase)))),
        ("Planned", p(history.PHASES[phase].estimate)),
    )


def _deliverables(phase: int) -> Markup:
    """What a phase is to bring about, with the points of each."""
    rows = [(each.summary, p(jira(each.key)), str(each.points)) for each in history.phase_figures(phase).deliverables]
    return table(("What", "Issue", "Points"), *rows)


_APPROVED = status("approved", "Green")

_DRAFTING, _TRACED = history.MEASURES[0], history.MEASURES[-1]
_PHASE_0_FIRST = body(
    h(2, "Problem"),
    p("Agents are told the same things every morning, and forget them by the evening."),
    h(2, "What we will do"),
    ul("Folders", "Templates", "Two agents"),
)
_PHASE_0 = body(
    _about(who.PRODUCT_ARCHITECT, _APPROVED, 0),
    toc(2),
    h(2, "Problem"),
    p(
        "Whoever works with an agent repeats himself: where files go, what good work looks like, what the company "
        "is after. ",
        marked(marker("phase-0-repeats"), "A third of every conversation"),
        " is spent on it.",
    ),
    h(2, "What success is"),
    table(
        ("Measure", "Before", "Goal"),
        ("Instructions repeated in a conversation", "9", "1"),
        (_DRAFTING.name, f"{_DRAFTING.baseline:g} h", f"{_DRAFTING.target:g} h"),
        (_TRACED.name, f"{_TRACED.baseline:g} %", f"{_TRACED.target:g} %"),
    ),
    h(2, "Deliverables"),
    _deliverables(0),
    h(2, "What we leave alone"),
    ul("Any connection to another tool", "More than two agents", p("Measuring, which is ", em("Phase 3"))),
    h(2, "Risks"),
    box("warning", p("Two editors, two dialects. First sign: a rule that has to be written twice.")),
    expand(
        "The layout of the folders",
        code("text", "identity/\ndiscovery/\nexecution/\n  prds/\n  technical_specs/\nevaluation/", "tree"),
    ),
)

_PHASE_1 = body(
    _about(who.PRODUCT_ARCHITECT, _APPROVED, 1),
    h(2, "Problem"),
    p("One specialist writes requirements that nobody checks for feasibility, and that nobody reads as a user would."),
    h(2, "What we will do"),
    ol(
        p(
            strong("Engineering Partner"),
            " says what a requirement costs and what could go wrong (",
            jira(history.key(9)),
            ")",
        ),
        p(strong("UX Strategist"), " reads it from the other side (", jira(history.key(10)), ")"),
        p(strong("Google Drive"), " becomes readable for all three (", jira(history.key(11)), ")"),
    ),
    h(2, "The first integration"),
    table(
        ("Question", "Answer"),
        ("Which permission?", "Read only, and only what the user sees"),
        ("How fast?", "Below one second for a document"),
        ("What when it is down?", "Three tries, then a sentence that says so"),
        ("Where are the tokens?", p("See ", page("Google Drive: OAuth setup guide"))),
    ),
    panel("Not in this phase", p("Writing to Drive. A copy of a document is never a source."), colour="#FFFAE6"),
    h(2, "Accepted when"),
    tasks(
        (1, True, line(mention(who.ENGINEERING_PARTNER), " has answered three requirements")),
        (2, True, line("a newcomer set the integration up alone, by ", day("2026-02-01"))),
        (3, True, "the security review has no finding that blocks"),
    ),
)

_PARTNER = f"Engineering Partner {history.AGENT['Engineering Partner'].version}"
_PHASE_2_FIRST = body(
    h(2, "Goal"),
    p("From an agreed requirement to code, in one go."),
    h(2, "Agents"),
    ul(p(marked(marker("gone"), "Code writer")), "Data Analyst", "GTM Strategist"),
)
_PHASE_2 = body(
    _about(who.PRODUCT_ARCHITECT, _APPROVED, 2),
    h(2, "Goal"),
    p(
        "From an agreed requirement to a specification, a prototype, a query and a message to the market. ",
        strong("Not to code: "),
        "the teams have their own ways, and they work.",
    ),
    h(2, "Agents and what they add"),
    table(
        ("Agent", "Adds", "Issue"),
        (
            _PARTNER,
            "A look at security in every specification",
            p(jira(history.key(14))),
        ),
        ("UX Strategist", "A prototype of one page, an hour after the agreement", p(jira(history.key(15)))),
        ("Data Analyst", p("SQL, and an answer that names its doubt"), p(jira(history.key(16)))),
        ("GTM Strategist", "For whom it is, and what it replaces", p(jira(history.key(17)))),
    ),
    h(2, "How a feature travels"),
    code("text", "opportunity -> requirement -> feasibility -> prototype -> query -> message"),
    box("note", p("The handover between five agents is a deliverable of its own: ", jira(history.key(18)), ".")),
    h(2, "Risks"),
    ul("Something is lost between two agents", p("A prototype is taken for a promise (", mono("label: sketch"), ")")),
)

_PHASE_3 = body(
    _about(who.SYSTEM_EVALUATOR, _APPROVED, 3),
    toc(2),
    h(2, "Problem"),
    p("We believe that the work is good. Nobody has counted."),
    h(2, "Deliverables"),
    jira_table(f"project = {history.PROJECT} AND pm_os_phase = 'Phase 3' ORDER BY key"),
    _deliverables(3),
    h(2, "The rule"),
    box("warning", p(strong("No agent changes its own limits."), " It proposes, a person accepts or declines.")),
    h(2, "Accepted when"),
    ul(
        "The audit runs on a Monday without being started",
        "Every number has a date",
        "Documents differ from reality in nothing that the maintainer can see",
    ),
)


def _prd(number: int, phase: int, name: str, edits: tuple[Edit, ...], *notes: Note) -> Page:
    labels = ("prd", f"phase-{phase}")
    return Page(number, f"Phase {phase} PRD: {name}", edits, REQUIREMENTS, labels, notes, views=14 - phase)


PAGES = (
    Page(
        98411,
        "Phase 0 PRD: Bootstrap Foundation",
        (
            Edit(who.PRODUCT_ARCHITECT, "2026-01-30 16:10", _PHASE_0_FIRST),
            Edit(who.HUMAN_PM, "2026-01-30 17:40", _PHASE_0, "Numbers for success, and what we leave alone"),
        ),
        REQUIREMENTS,
        ("prd", "phase-0"),
        (
            Note(
                who.HUMAN_PM,
                "2026-01-30 17:05",
                p("Where does the third come from?"),
                marker("phase-0-repeats"),
                "A third of every conversation",
                who.PRODUCT_ARCHITECT,
                (
                    Note(
                        who.PRODUCT_ARCHITECT, "2026-01-30 17:20", p("Counted over twelve conversations of last week.")
                    ),
                ),
            ),
            Note(
                who.UX_STRATEGIST,
                "2026-01-31 08:40",
                p(f"The goal of {_DRAFTING.target:g} hours is per requirement, not per phase, I take it?"),
                replies=(Note(who.HUMAN_PM, "2026-01-31 08:55", p("Yes, per requirement.")),),
            ),
        ),
        views=14,
    ),
    _prd(98412, 1, "Core Agent Team", (Edit(who.PRODUCT_ARCHITECT, "2026-01-31 17:45", _PHASE_1),)),
    _prd(
        98413,
        2,
        "Execution Layer",
        (
            Edit(who.PRODUCT_ARCHITECT, "2026-02-01 09:20", _PHASE_2_FIRST),
            Edit(who.HUMAN_PM, "2026-02-01 09:50", _PHASE_2, "No code writer: the teams have theirs"),
        ),
        Note(
            who.ENGINEERING_PARTNER,
            "2026-02-01 09:25",
            p("I would not: see the ", page("Phase 2 agent selection tree", "tree"), "."),
            marker("gone"),
            "Code writer",
            id=300_502,
        ),
    ),
    _prd(98414, 3, "Self-Improvement Loop", (Edit(who.SYSTEM_EVALUATOR, "2026-02-01 18:10", _PHASE_3),)),
    PHASE_4,
)
