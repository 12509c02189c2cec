"""The requirement document that is being worked on: three versions, open questions, a picture and a table."""

from __future__ import annotations

from confluence_mcp.sandbox.sample import files
from confluence_mcp.sandbox.sample.home import REQUIREMENTS
from confluence_mcp.sandbox.sample.markup import (
    Markup,
    body,
    box,
    br,
    card,
    coloured,
    custom_panel,
    day,
    expand,
    file,
    h,
    image,
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
    quote,
    status,
    strong,
    table,
    tasks,
    toc,
    ul,
    with_local_ids,
)
from confluence_mcp.sandbox.sample.record import Edit, File, Note, Page
from sandbox_kit import history
from sandbox_kit.atlassian import accounts as who

_FIGURES = history.phase_figures(4)
_DUE = sorted(each.due for each in _FIGURES.deliverables if each.due)
_FIRST_DUE, _LAST_DUE = _DUE[0], _DUE[-1]
_FIRST = body(
    h(2, "Goal"),
    p("Jira, Confluence, Slack and Snowflake within reach of every agent."),
    h(2, "Order"),
    ol("Confluence", "Jira", "Slack", "Snowflake"),
)


def _text(*, order: tuple[str, ...], decided: bool) -> str:
    state: Markup = status("approved", "Green") if decided else status("in review", "Yellow")
    parts = [
        properties(
            ("Owner", p(mention(who.HUMAN_PM))),
            ("State", p(state)),
            ("Epic", p(jira(_FIGURES.phase.key))),
            ("Begins", p(day(_FIRST_DUE))),
            ("Ends", p(day(_LAST_DUE))),
            ("Planned", p(_FIGURES.phase.estimate)),
        ),
        toc(3),
        h(2, "Problem"),
        p(
            "The agents write requirements that nobody finds, because they lie in a repository. A person copies them ",
            "to where the company reads, and ",
            marked(marker("phase-4-copies"), "copies grow old"),
            ".",
        ),
        h(2, "What success is"),
        table(
            ("Measure", "Today", "Goal", "First sign of trouble"),
            ("Minutes from an agreed requirement to its tickets", "35", "1", "more than 5"),
            ("Pages that lost words when an agent changed them", "unknown", p(strong("0")), "1"),
            (
                "Seconds until a request is answered",
                "-",
                "2 (Jira), 3 (Confluence), 1 (Slack), 30 (Snowflake)",
                "twice that",
            ),
            layout="wide",
        ),
        h(2, "Order"),
        ol(*order),
        h(2, "The four integrations"),
        h(3, "Jira"),
        p(jira(history.key(35)), " Issues can be found, read, created, changed and moved. Decisions: "),
        p(page("Jira tools: decisions")),
        h(3, "Confluence"),
        p(jira(history.key(36)), " Specifications are published, found and updated where the company reads."),
        box("warning", p("A page that somebody edited by hand must not lose a word."), title="The one rule"),
        h(3, "Slack"),
        p(jira(history.key(37)), " People hear what happened, in the channel where it matters, and only once."),
        h(3, "Snowflake"),
        p(jira(history.key(38)), " Metrics are written to and read from ", mono("pm_os_analytics"), "."),
        image("phase-4.png", "Issues, points and days of the phases", width=520, caption="Points of the phases so far"),
        h(2, "Workflows that have to work"),
        p("Each within thirty seconds (", jira(history.key(39)), "):"),
        ol(
            "A proposal: document, ticket, message, metric",
            p("The morning report", br(), "every day at eight"),
            "The end of a phase: roadmap, report, tickets, message, metric",
        ),
        h(2, "What we leave alone"),
        ul(
            "Data Center editions",
            "Migrating old pages",
            p(coloured("rgb(191,38,0)", "Deleting"), " anything without being asked twice"),
        ),
        h(2, "Risks"),
        panel(
            "RISK-004: four services, four ways to sign in",
            p("More than four hours for one service, or more than one refresh in twenty that fails."),
            p("What helps is in the ", page("OAuth playbook", anchor="Renewal"), "."),
            colour="#FFEBE6",
        ),
        custom_panel(
            ":test_tube:", "#EAE6FF", p("RISK-006: data that we made up may leave out what real accounts contain.")
        ),
        h(2, "Stories"),
        jira_table(f"project = {history.PROJECT} AND parent = {_FIGURES.phase.key} ORDER BY priority DESC, key"),
        table(
            ("Story", "Issue", "Points", "Due"),
            *[(each.summary, p(jira(each.key)), str(each.points), each.due or "-") for each in _FIGURES.deliverables],
        ),
        h(2, "To do before we begin"),
        tasks(
            (11, decided, line(mention(who.ENGINEERING_PARTNER), " proposes the order, by ", day("2026-02-02"))),
            (
                12,
                False,
                line(mention(who.ENGINEERING_PARTNER), " makes the accounts for the trial, by ", day("2026-02-03")),
            ),
            (13, False, line(mention(who.ALEX_MOREAU), " says who may approve an app on our site")),
        ),
        expand("What was said in the review", quote(p("Please begin with reading. Writing can wait a day."))),
        p("Numbers: ", file("phase-4-plan.csv"), ", the plan as ", file("plan.md", "a text"), "."),
        p("The board: ", card("https://pm-os.sandbox.invalid/jira/software/projects/PMOS/boards/1")),
    ]
    return with_local_ids(body(*parts))


PHASE_4 = Page(
    98415,
    "Phase 4 PRD: MCP Integration Suite",
    (
        Edit(who.PRODUCT_ARCHITECT, "2026-02-02 20:05", _FIRST, title="Phase 4 PRD: Integrations"),
        Edit(
            who.ENGINEERING_PARTNER,
            "2026-02-02 20:50",
            _text(order=("Jira, reading first", "Slack", "Confluence", "Snowflake"), decided=False),
            "Goals, risks and the four integrations",
        ),
        Edit(
            who.HUMAN_PM,
            "2026-02-02 21:15",
            _text(order=("Jira, reading first", "Confluence", "Slack", "Snowflake"), decided=True),
            "Confluence before Slack; approved",
        ),
    ),
    REQUIREMENTS,
    ("prd", "phase-4", "roadmap"),
    (
        Note(
            who.UX_STRATEGIST,
            "2026-02-02 20:58",
            p("Do we know how old, on average?"),
            marker("phase-4-copies"),
            "copies grow old",
            replies=(
                Note(
                    who.DATA_ANALYST,
                    "2026-02-02 21:02",
                    p("Nineteen days in the sample of ", mono("artifact_catalog"), "."),
                ),
                Note(who.UX_STRATEGIST, "2026-02-02 21:04", p("Worth a line in the problem, then.")),
            ),
        ),
        Note(
            who.ALEX_MOREAU,
            "2026-02-02 21:30",
            p("Reading the warehouse has to be approved, too. Please ask before the trial, not during it."),
            replies=(
                Note(
                    who.HUMAN_PM,
                    "2026-02-02 21:34",
                    p(mention(who.ENGINEERING_PARTNER), " was that asked for?"),
                ),
                Note(who.ENGINEERING_PARTNER, "2026-02-02 21:40", p("Done: ", jira("DESK-2"), ".")),
            ),
        ),
        Note(who.GTM_STRATEGIST, "2026-02-03 08:15", p("I can say in one sentence what this replaces: copying.")),
    ),
    (
        File("phase-4.png", who.DATA_ANALYST, "2026-02-02 20:45", (files.points_chart,), "Points by phase"),
        File("phase-4-plan.csv", who.ENGINEERING_PARTNER, "2026-02-02 20:40", (files.first_plan, files.plan)),
        File("plan.md", who.ENGINEERING_PARTNER, "2026-02-02 20:42", (files.plan_text,)),
    ),
    owner=who.HUMAN_PM,
    views=23,
    liked_by=(who.HUMAN_PM, who.ALEX_RIVERA),
)
