"""Phases 1 to 3: the team, the first integration, and the loop that improves them."""

from __future__ import annotations

from jira_mcp.sandbox.sample.deliverable import done
from jira_mcp.sandbox.sample.record import Note
from jira_mcp.sandbox.sample.text import code, doc, h, link, ol, p, panel, table, text, ul
from sandbox_kit import history
from sandbox_kit.atlassian import accounts as who

PHASES_1_TO_3 = (
    done(
        9,
        doc(
            "Says whether a requirement can be built, what it would cost, and what could go wrong.",
            h(2, "Output"),
            ul("Feasibility with a reason", "API contract", "Open questions, each with an owner"),
        ),
        "Agents",
        links=(("is blocked by", 3),),
    ),
    done(
        10,
        doc(
            "Looks at a requirement from the side of the person who will use it.",
            ul("Journeys", "Objections that a user would raise", "What to test, with whom"),
        ),
        "Agents",
        links=(("is blocked by", 3),),
    ),
    done(
        11,
        doc(
            "Agents read the documents that people wrote before there were agents.",
            h(2, "Measured"),
            table(
                ("What", "Result"),
                ("Latency", f"{history.measures.DRIVE_LATENCY_MS} ms"),
                ("Failed calls", "0 %"),
                ("Scope", "read only"),
            ),
            panel(
                "note",
                p(
                    "Access tokens are renewed after ",
                    text(f"{history.measures.TOKEN_RENEWAL_MINUTES} minutes", "strong"),
                    ", ten before they end.",
                ),
            ),
        ),
        "Integrations",
        priority="2",
        notes=(
            Note(
                who.ENGINEERING_PARTNER,
                "2026-01-31 23:05",
                doc(
                    "Three tries with 1, 2 and 4 seconds in between are enough for everything I saw. "
                    "The pattern should carry over to the next integrations."
                ),
            ),
        ),
        links=(("relates to", 35), ("is blocked by", 5)),
    ),
    done(
        12,
        doc(
            "From an empty account to a first document in ten minutes.",
            ol("Create the project", "Ask for the read-only scope", "Run the check", "What to do when it fails"),
        ),
        "Integrations",
        links=(("is blocked by", 11),),
    ),
    done(
        13,
        doc(
            "Who can read what, where the refresh token lies, and what happens when it leaks.",
            panel("success", "No finding that blocks the release. Two notes went into the standards."),
        ),
        "Quality",
        links=(("is blocked by", 11), ("relates to", 14)),
    ),
    done(
        14,
        doc(
            "A spec without a look at its risks goes back to its author.",
            h(2, "Asked of every spec"),
            ul("What can an attacker send?", "What must never be logged?", "Who may undo it?"),
        ),
        "Agents",
        notes=(
            Note(
                who.ENGINEERING_PARTNER,
                "2026-02-01 10:00",
                doc("Version 1.2 is in use; it reviews its own specs too."),
            ),
        ),
        links=(("is blocked by", 9),),
    ),
    done(
        15,
        doc(
            "One page that can be clicked, an hour after the requirement is agreed.",
            code("html", '<button data-step="2">Continue</button>'),
        ),
        "Agents",
        links=(("is blocked by", 10),),
    ),
    done(
        16,
        doc(
            "Turns a question into SQL, and an answer into a sentence that names its doubt.",
            code("sql", "SELECT phase, AVG(velocity_per_day)\nFROM phase_history\nGROUP BY phase;"),
        ),
        "Agents",
        links=(("blocks", 42),),
    ),
    done(
        17,
        doc("Says for whom a feature is, what it replaces, and which sentence sells it."),
        "Agents",
    ),
    done(
        18,
        doc(
            "One feature from opportunity to launch text, without a person in between.",
            panel("success", "Nothing was lost on the way; two headings were renamed."),
        ),
        "Quality",
        notes=(
            Note(who.PRODUCT_ARCHITECT, "2026-02-01 18:00", doc("Phase 2 is complete: five agents work together.")),
        ),
        links=(("is blocked by", 14), ("is blocked by", 15), ("is blocked by", 16), ("is blocked by", 17)),
    ),
    done(
        19,
        doc(
            "Reads what the other agents made and says how good it is, against the standards and not against taste.",
            h(2, "Measures"),
            ul("Accepted at the first review", "Hours from request to result", "Traceable to the strategy"),
        ),
        "Quality",
    ),
    done(
        20,
        doc("Compares documents with what is there, and corrects the documents."),
        "Agents",
    ),
    done(
        21,
        doc(
            "One page that answers: are we better than last week?",
            h(2, "Groups"),
            table(
                ("Group", "Metrics"),
                *((group, str(count)) for group, count in history.METRIC_GROUPS),
            ),
        ),
        "Quality",
        notes=(
            Note(
                who.HUMAN_PM,
                "2026-02-02 17:20",
                doc("Sixty-seven is a lot. Please put the five that I decide by at the top."),
            ),
            Note(
                who.DOCUMENTATION_MAINTAINER,
                "2026-02-02 17:45",
                doc("Done: drafting time, rework, readiness, discovery per week, traceability."),
            ),
        ),
        links=(("is blocked by", 19),),
    ),
    done(
        22,
        doc(
            p("Planned against actual, phase by phase: ", link("the method", "https://pm-os.example/velocity"), "."),
        ),
        "Quality",
    ),
    done(
        23,
        doc("Every Monday at eight the evaluator goes through the week and files what it finds."),
        "Quality",
        links=(("is blocked by", 19),),
    ),
    done(
        24,
        doc(
            "An agent that was corrected twice for the same reason writes the third correction itself.",
            panel("warning", "A person accepts or declines; no agent changes its own limits."),
        ),
        "Agents",
    ),
    done(
        25,
        doc("The roadmap changes when a phase closes, not when somebody remembers."),
        "Foundation",
        notes=(
            Note(
                who.DOCUMENTATION_MAINTAINER,
                "2026-02-02 19:00",
                doc(f"Phase 3 is complete: {history.phase_figures(3).completed} deliverables, none reworked."),
            ),
        ),
        links=(("is blocked by", 20),),
    ),
)
