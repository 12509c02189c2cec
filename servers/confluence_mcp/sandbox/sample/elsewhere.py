"""Pages outside the sections and outside PMOS: archived, in the trash, drafts, and those of other spaces."""

from __future__ import annotations

from confluence_mcp.sandbox.model import ARCHIVED, DRAFT, TRASHED
from confluence_mcp.sandbox.sample.home import DISCOVERY, HOME, SPECIFICATIONS
from confluence_mcp.sandbox.sample.markup import body, box, h, jira, p, page, table, tasks, ul
from confluence_mcp.sandbox.sample.record import Edit, Page
from sandbox_kit.atlassian import accounts as who

LEFT = (
    Page(
        98481,
        "Tooling survey 2025",
        (
            Edit(
                who.JORDAN_BLAKE,
                "2025-11-12 10:00",
                body(h(2, "Tools we looked at"), ul("Seven trackers", "Three wikis")),
            ),
        ),
        DISCOVERY,
        ("discovery", "outdated"),
        status=ARCHIVED,
        liked_by=(),
    ),
    Page(
        98482,
        "Versions of agents (abandoned)",
        (
            Edit(
                who.PRODUCT_ARCHITECT,
                "2026-02-01 12:00",
                body(p("Superseded by the ", page("Engineering Partner"), " page.")),
            ),
        ),
        SPECIFICATIONS,
        ("spec",),
        status=TRASHED,
        views=1,
        liked_by=(),
    ),
    Page(
        98483,
        "Weekly report, week 6",
        (Edit(who.HUMAN_PM, "2026-02-03 08:00", body(p("To be filled in on Friday."))),),
        HOME,
        status=DRAFT,
        views=0,
        liked_by=(),
    ),
)

PERSONAL = (
    Page(
        98700, "Human PM", (Edit(who.HUMAN_PM, "2026-01-30 15:00", body(p("Notes to myself."))),), views=1, liked_by=()
    ),
    Page(
        98701,
        "Questions for the next quarter",
        (
            Edit(
                who.HUMAN_PM,
                "2026-02-02 21:50",
                body(
                    ul("Who buys Phase 7?", "What do we stop doing?"),
                    tasks((1, False, "Ask three customers"), (2, True, "Read the old survey")),
                ),
            ),
        ),
        98700,
        ("private",),
        views=1,
        liked_by=(),
    ),
)

RISK = (
    Page(
        98720,
        "Risk Register",
        (Edit(who.ALEX_MOREAU, "2026-02-02 15:00", body(p("Kept by the desk."))),),
        views=2,
        liked_by=(),
    ),
    Page(
        98721,
        "Open risks",
        (
            Edit(
                who.ALEX_MOREAU,
                "2026-02-02 15:20",
                body(
                    box("warning", p("Internal to the desk.")),
                    table(
                        ("Risk", "Owner", "Issue"),
                        ("OAuth complexity in Phase 4", "Alex Moreau", p(jira("RISK-1"))),
                        ("Sample data that is too tidy", "Alex Moreau", p(jira("RISK-2"))),
                    ),
                ),
            ),
        ),
        98720,
        ("risk",),
        views=2,
        liked_by=(),
    ),
)

ATTIC = (
    Page(
        98740,
        "Before PM OS",
        (Edit(who.JORDAN_BLAKE, "2025-06-02 09:00", body(p("What we tried first."))),),
        views=1,
        liked_by=(),
    ),
)
