"""Phase 0: folders, templates and the first two agents."""

from __future__ import annotations

from jira_mcp.sandbox.sample.deliverable import done
from jira_mcp.sandbox.sample.record import Note
from jira_mcp.sandbox.sample.text import code, doc, h, mention, ol, p, panel, tasks, text, ul
from sandbox_kit import history
from sandbox_kit.atlassian import accounts as who

_PHASE = history.phase_figures(0)

PHASE_0 = (
    done(
        1,
        doc(
            "Every agent reads and writes files. Where a file lives has to tell what it is for.",
            h(2, "Layout"),
            code(
                "text",
                "identity/      who we are and what we want\ndiscovery/     what we learn\n"
                "execution/     what we decide and build\nevaluation/    how well it went",
            ),
            h(2, "Accepted when"),
            tasks(
                "layout",
                (f"All {history.measures.FOLDERS} folders exist and hold a README", True),
                ("No agent has to be told where to write", True),
            ),
        ),
        "Foundation",
    ),
    done(
        2,
        doc(
            p("Three documents that ", text("every", "em"), " agent loads before it starts:"),
            ul(
                p(text("STRATEGY.md", "code"), " says what we are after and what we leave alone"),
                p(text("STANDARDS.md", "code"), " says what good work looks like"),
                p(text("ROADMAP.md", "code"), " says what comes when"),
            ),
            panel("note", "A requirement that cannot name the line of the strategy it serves is not ready."),
        ),
        "Templates",
        notes=(
            Note(
                who.PRODUCT_ARCHITECT,
                "2026-01-31 11:30",
                doc("All three templates are in place, each with a filled-in example."),
            ),
            Note(
                who.HUMAN_PM,
                "2026-01-31 11:52",
                doc(
                    p(
                        mention(who.PRODUCT_ARCHITECT.account_id, who.PRODUCT_ARCHITECT.name),
                        " the standards read well. I shortened two of them; otherwise as you wrote it.",
                    )
                ),
            ),
        ),
        links=(("is blocked by", 1),),
    ),
    done(
        3,
        doc(
            "An agent is described by what it may decide, what it must ask, and how its work is judged.",
            h(2, "Sections"),
            ol("Role and limits", "What to load first", "Inputs and outputs", "Checks before handing over"),
        ),
        "Templates",
    ),
    done(
        4,
        doc(
            "A requirement document that an agent can fill in and a person can read in ten minutes.",
            ul(
                "Problem, evidence, and who has it",
                "What success is, as a number with a date",
                "What we will not do",
                "Risks, each with a first sign",
            ),
        ),
        "Templates",
    ),
    done(
        5,
        doc(
            "The same questions for every tool that we connect: which account, which permissions, which limits, "
            "what happens when it is down.",
        ),
        "Templates",
        links=(("relates to", 34),),
    ),
    done(
        6,
        doc(
            h(2, "What it does"),
            "Takes a request, picks the agent that answers for it, and puts the pieces together again.",
            h(2, "What it does not do"),
            "It writes no requirement and no spec of its own.",
            h(2, "Routing"),
            code("yaml", "discovery: product-architect\nfeasibility: engineering-partner\nreview: human-pm"),
        ),
        "Agents",
        notes=(
            Note(
                who.PRODUCT_ARCHITECT,
                "2026-01-31 14:00",
                doc("Version 1.0 runs in both editors. The two differ in one line, the path of the context."),
            ),
        ),
        links=(("is blocked by", 3),),
    ),
    done(
        7,
        doc(
            "Turns an opportunity into a requirement that can be estimated.",
            h(2, "Checks before handing over"),
            tasks(
                "architect",
                ("Every section of the template is filled", True),
                ("The strategy is quoted, not paraphrased", True),
                ("At least one thing is ruled out", True),
            ),
        ),
        "Agents",
        links=(("is blocked by", 3), ("is blocked by", 4)),
    ),
    done(
        8,
        doc(
            "A person plays five ordinary mornings and writes down where the system got in the way.",
            ol(
                "Ask for a requirement from one sentence",
                "Ask for something outside the strategy",
                "Hand over between the two agents",
                "Correct a standard and ask again",
                "Start in the other editor",
            ),
            panel("success", "All five passed at the first attempt."),
        ),
        "Quality",
        notes=(
            Note(
                who.PRODUCT_ARCHITECT,
                "2026-01-31 17:00",
                doc(f"Phase 0 is complete: {_PHASE.completed} deliverables out of {_PHASE.planned}, in {_PHASE.took}."),
            ),
            Note(
                who.HUMAN_PM,
                "2026-01-31 18:00",
                doc(
                    f"{_PHASE.phase.estimate} were planned for this. I will trust the next estimate less, "
                    "and enjoy it more."
                ),
            ),
        ),
        links=(("is blocked by", 6), ("is blocked by", 7)),
    ),
)
