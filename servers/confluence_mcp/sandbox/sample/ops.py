"""The second site: the same people, and a few pages of those who are called at night."""

from __future__ import annotations

from confluence_mcp.sandbox.model import Space
from confluence_mcp.sandbox.sample.markup import body, box, code, h, jira, ol, p, table
from confluence_mcp.sandbox.sample.record import Edit, Note, Page
from confluence_mcp.sandbox.sample.spaces import open_to_staff
from confluence_mcp.sandbox.sample.writing import Writer
from confluence_mcp.sandbox.session import Session
from sandbox_kit.atlassian import accounts as who
from sandbox_kit.atlassian.clock import at

_HOME = 60_000
_SPACE = Space(
    60_900, "PMOS", "PM OS Operations", "global", "current", who.ORCHESTRATOR.account_id, at("2026-01-20 08:00"), _HOME,
    "What to do when it is down.",
)  # fmt: skip

_RESTORE = body(
    box("warning", p("Not during office hours without a word in the channel.")),
    ol("Stop the agents", "Unpack yesterday's archive", "Compare the number of files", "Start the agents"),
    code("bash", "pm-os restore --from 2026-01-19 --dry-run"),
    p("Asked for in ", jira("PMOS-1"), "."),
)
_SILENT = body(
    h(2, "Is it the agent?"),
    table(("Look at", "If"), ("Its log", "it says nothing for a minute"), ("The queue", "it is longer than 20")),
    p("Work on this page: ", jira("PMOS-2"), "."),
)
_ROTA = body(table(("Week", "First line", "Second line"), ("9", "Alex Moreau", "Engineering Partner")))

_PAGES = (
    Page(_HOME, "PM OS Operations", (Edit(who.ORCHESTRATOR, "2026-01-20 08:00", body(p("Runbooks."))),)),
    Page(
        60_001,
        "Runbook: restoring the workspace from a backup",
        (Edit(who.ORCHESTRATOR, "2026-01-20 09:00", _RESTORE),),
        _HOME,
        ("runbook", "on-call"),
    ),
    Page(
        60_002,
        "Runbook: an agent that does not answer",
        (Edit(who.ORCHESTRATOR, "2026-01-27 10:30", _SILENT),),
        _HOME,
        ("runbook", "on-call"),
        (Note(who.ALEX_MOREAU, "2026-01-28 03:10", p("The queue was 400 long, and the log was fine.")),),
    ),
    Page(60_003, "On-call rota for March", (Edit(who.ORCHESTRATOR, "2026-02-02 08:15", _ROTA),), _HOME, ("on-call",)),
)


def fill(session: Session) -> None:
    """Write the second site's pages."""
    session.insert("space", _SPACE)
    open_to_staff(session, _SPACE)
    Writer(session).write(_SPACE.id, _PAGES)
