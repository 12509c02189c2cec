"""Phases 4 to 7: what has been planned and not been started."""

from __future__ import annotations

from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.deliverable import part, planned
from jira_mcp.sandbox.sample.record import Note
from jira_mcp.sandbox.sample.text import code, doc, h, mention, ol, p, panel, table, text, ul
from sandbox_kit.atlassian import accounts as who

_TO_DO = "10001"

PLANNED = (
    planned(
        34,
        doc(
            "What Google Drive taught us, written down once so that nobody learns it four times.",
            h(2, "Contents"),
            ol("Which grant for which service", "Where tokens rest", "Renewal before expiry", "What to ask users for"),
        ),
        "Integrations",
        status=_TO_DO,
        priority="2",
        assigned=True,
        hours=2,
    ),
    planned(
        35,
        doc(
            "Issues can be found, read, created, changed and moved from a conversation.",
            h(2, "Accepted when"),
            ul(
                p("A requirement becomes an epic with its stories in ", text("one", "em"), " request"),
                "A status is named as people name it",
                "Every change says what it changed",
            ),
            h(2, "Limits"),
            table(("Call", "At most"), ("Search", "2 s"), ("Create", "2 s")),
        ),
        "Integrations",
        status=_TO_DO,
        priority="1",
        assigned=True,
        hours=16,
        notes=(
            Note(
                who.HUMAN_PM,
                "2026-02-02 21:10",
                doc(
                    p(
                        mention(who.ENGINEERING_PARTNER.account_id, who.ENGINEERING_PARTNER.name),
                        " please begin with reading. Writing to a board that people watch can wait a day.",
                    )
                ),
            ),
        ),
        links=(("is blocked by", 34), ("blocks", 36)),
    ),
    planned(
        36,
        doc(
            "Specs and requirements are published, found and updated where the company reads.",
            panel("warning", "A page that somebody edited by hand must not lose a word."),
        ),
        "Integrations",
        status=_TO_DO,
        priority="2",
        hours=16,
    ),
    planned(
        37,
        doc("Agents tell people what happened, in the channel where it matters, and only once."),
        "Integrations",
        priority="2",
        hours=16,
    ),
    planned(
        38,
        doc(
            "Metrics are written to and read from the warehouse.",
            code("sql", "SELECT metric_date, completion_pct FROM quality_metrics_daily ORDER BY metric_date;"),
        ),
        "Integrations",
        hours=16,
        links=(("relates to", 42),),
    ),
    planned(
        39,
        doc(
            ol(
                "A proposal: document, ticket, message, metric",
                "The morning report",
                "The end of a phase",
            ),
            "Each within thirty seconds.",
        ),
        "Quality",
        links=(("is blocked by", 35), ("is blocked by", 36), ("is blocked by", 37), ("is blocked by", 38)),
    ),
    planned(
        40,
        doc("Account, permissions, steps, a check that it works, and how to take it away again."),
        "Integrations",
        type_=site.TASK,
    ),
    planned(
        41,
        doc(
            "Every sample issue has a description of moderate length. Real boards do not.",
            h(3, "Expected"),
            "At least one issue without a description and one that is longer than a screen.",
        ),
        "Quality",
        priority="4",
        labels=("sample-data",),
    ),
    planned(
        42,
        doc(
            "A question in plain words, an answer with its number, its query and its date.",
            panel("info", "No answer is better than one that cannot be checked."),
        ),
        "Agents",
    ),
    planned(
        43,
        doc("Tell somebody when a number leaves its usual range, and say which range that is."),
        "Quality",
        links=(("is blocked by", 38),),
    ),
    planned(
        44,
        doc("A date with a spread, never a date alone."),
        "Quality",
        links=(("relates to", 22),),
    ),
    planned(
        45,
        doc("Which variant won, by how much, and whether the sample was large enough to say so."),
        "Quality",
    ),
    planned(
        46,
        doc("Measured first, chosen afterwards."),
        "Foundation",
    ),
    planned(
        47,
        doc("The identity layer always; the rest when it is asked for."),
        "Foundation",
        priority="2",
    ),
    planned(
        48,
        doc("Nine of ten requests, on a laptop, with the repository that we have."),
        "Quality",
    ),
    planned(
        49,
        doc("Start a requirement where the cursor is."),
        "Templates",
        priority="5",
    ),
    planned(
        50,
        doc("The company's accounts, its groups, and an end to ours."),
        "Foundation",
        priority="2",
    ),
    planned(
        51,
        doc("Who may ask, who may change, who may approve."),
        "Foundation",
        links=(("is blocked by", 50),),
    ),
    planned(
        52,
        doc("Every tool call of every agent, for six months, without the content."),
        "Quality",
    ),
    planned(
        53,
        doc("Two teams share the system and see nothing of each other."),
        "Foundation",
        links=(("is blocked by", 51),),
    ),
    planned(
        54,
        doc("The hundred questions that come every time, answered once, with evidence."),
        "Quality",
        type_=site.TASK,
    ),
    part(
        55,
        35,
        "Read issues and search by JQL",
        doc("The half that cannot break anything."),
        "Integrations",
        status=_TO_DO,
        hours=6,
        assigned=True,
    ),
    part(
        56,
        35,
        "Create, change and move issues",
        doc("The half that people will notice."),
        "Integrations",
        hours=10,
        links=(("is blocked by", 55),),
    ),
)
