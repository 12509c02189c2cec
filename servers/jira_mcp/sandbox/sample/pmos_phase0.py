"""Phase 0: eight deliverables in one day."""

from __future__ import annotations

from jira_mcp.sandbox.model import JsonObject
from jira_mcp.sandbox.sample.pmos_epics import epic_number
from jira_mcp.sandbox.sample.record import Note, Record
from jira_mcp.sandbox.sample.text import code, doc, h, mention, ol, p, panel, tasks, text, ul
from sandbox_kit.atlassian import accounts as who


def _done(
    number: int,
    summary: str,
    description: JsonObject,
    artifact: str,
    points: float,
    hours: float,
    started: str,
    finished: str,
    component: str,
    *,
    assignee: who.Account = who.PRODUCT_ARCHITECT,
    notes: tuple[Note, ...] = (),
    links: tuple[tuple[str, int], ...] = (),
) -> Record:
    day = "2026-01-31 "
    return Record(
        number,
        summary,
        description,
        phase=0,
        owner=assignee.name,
        artifact=artifact,
        assignee=assignee,
        reporter=who.HUMAN_PM,
        points=points,
        labels=("phase-0", "agent-generated") if assignee is not who.HUMAN_PM else ("phase-0",),
        component=component,
        version="0.1",
        parent=epic_number(0),
        created="2026-01-30 16:30",
        started=day + started,
        finished=day + finished,
        estimate_hours=hours * 8,
        work=((day + started, hours, "From first draft to review."),),
        notes=notes,
        links=links,
        acceptance=100,
    )


PHASE_0 = (
    _done(
        1,
        "Create directory structure (18 folders)",
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
                ("All 18 folders exist and hold a README", True),
                ("No agent has to be told where to write", True),
            ),
        ),
        "Infrastructure",
        1,
        1,
        "09:00",
        "10:00",
        "Foundation",
    ),
    _done(
        2,
        "Create Identity Layer templates (STRATEGY.md, STANDARDS.md, ROADMAP.md)",
        doc(
            p("Three documents that ", text("every", "em"), " agent loads before it starts:"),
            ul(
                p(text("STRATEGY.md", "code"), " says what we are after and what we leave alone"),
                p(text("STANDARDS.md", "code"), " says what good work looks like"),
                p(text("ROADMAP.md", "code"), " says what comes when"),
            ),
            panel("note", "A requirement that cannot name the line of the strategy it serves is not ready."),
        ),
        "Template",
        3,
        2,
        "09:30",
        "11:30",
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
    _done(
        3,
        "Create agent spec template",
        doc(
            "An agent is described by what it may decide, what it must ask, and how its work is judged.",
            h(2, "Sections"),
            ol("Role and limits", "What to load first", "Inputs and outputs", "Checks before handing over"),
        ),
        "Template",
        2,
        1.5,
        "10:00",
        "11:30",
        "Templates",
    ),
    _done(
        4,
        "Create PRD template (BMAD-compliant)",
        doc(
            "A requirement document that an agent can fill in and a person can read in ten minutes.",
            ul(
                "Problem, evidence, and who has it",
                "What success is, as a number with a date",
                "What we will not do",
                "Risks, each with a first sign",
            ),
        ),
        "Template",
        2,
        1.5,
        "11:30",
        "13:00",
        "Templates",
    ),
    _done(
        5,
        "Create MCP integration plan template",
        doc(
            "The same questions for every tool that we connect: which account, which permissions, which limits, "
            "what happens when it is down.",
        ),
        "Template",
        1,
        1,
        "13:00",
        "14:00",
        "Templates",
        links=(("relates to", 34),),
    ),
    _done(
        6,
        "Implement Orchestrator agent (Cursor + Claude Code versions)",
        doc(
            h(2, "What it does"),
            "Takes a request, picks the agent that answers for it, and puts the pieces together again.",
            h(2, "What it does not do"),
            "It writes no requirement and no spec of its own.",
            h(2, "Routing"),
            code("yaml", "discovery: product-architect\nfeasibility: engineering-partner\nreview: human-pm"),
        ),
        "Agent",
        5,
        2,
        "12:00",
        "14:00",
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
    _done(
        7,
        "Implement Product Architect agent (Cursor + Claude Code versions)",
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
        "Agent",
        5,
        2,
        "14:00",
        "16:00",
        "Agents",
        links=(("is blocked by", 3), ("is blocked by", 4)),
    ),
    _done(
        8,
        "Run Phase 0 validation tests (5 scenarios)",
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
        "Test",
        2,
        1,
        "16:00",
        "17:00",
        "Quality",
        assignee=who.HUMAN_PM,
        notes=(
            Note(
                who.PRODUCT_ARCHITECT,
                "2026-01-31 17:00",
                doc("Phase 0 is complete: eight deliverables out of eight, in one day."),
            ),
            Note(
                who.HUMAN_PM,
                "2026-01-31 18:00",
                doc("Two weeks were planned for this. I will trust the next estimate less, and enjoy it more."),
            ),
        ),
        links=(("is blocked by", 6), ("is blocked by", 7)),
    ),
)
