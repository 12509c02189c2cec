"""The technical specifications: how things are built, and what was decided on the way."""

from __future__ import annotations

from confluence_mcp.sandbox.sample import files
from confluence_mcp.sandbox.sample.awkward import AWKWARD
from confluence_mcp.sandbox.sample.home import SPECIFICATIONS
from confluence_mcp.sandbox.sample.markup import (
    body,
    both,
    box,
    card,
    code,
    day,
    em,
    expand,
    file,
    h,
    jira,
    layout,
    macro,
    marked,
    marker,
    mention,
    mono,
    ol,
    p,
    page,
    properties,
    status,
    strong,
    table,
    tasks,
    toc,
    ul,
)
from confluence_mcp.sandbox.sample.record import Edit, File, Note, Page
from confluence_mcp.sandbox.sample.request_log import request_log
from sandbox_kit import history
from sandbox_kit.atlassian import accounts as who
from sandbox_kit.history import measures

_LATENCY = f"{measures.DRIVE_LATENCY_MS} ms"
_RENEWED = f"after {measures.TOKEN_RENEWAL_MINUTES} minutes"
_SERVICES = (
    ("Jira", "3LO, or an API token", "1 hour", "read:jira-work"),
    ("Confluence", "3LO, or an API token", "1 hour", "read:page:confluence"),
    ("Slack", "OAuth v2, or a bot token", "does not end, or 12 hours", "channels:history"),
    ("Snowflake", "OAuth, a key pair, or a programmatic token", "10 minutes", "session:role:ANALYST"),
)

_PLAYBOOK = body(
    properties(
        ("Owner", p(mention(who.ENGINEERING_PARTNER))),
        ("State", p(status("draft", "Yellow"))),
        ("Issue", p(jira(history.key(34)))),
    ),
    toc(2),
    h(2, "Which way in for which service"),
    table(("Service", "Way in", "A token lives", "Least that is needed"), *_SERVICES),
    h(2, "Where tokens rest"),
    ul(
        "In the keyring of the operating system, if there is one",
        p("Otherwise in a file that only its owner can read (", mono("0600"), ")"),
        p(strong("Never"), " in a log, an error message, or a page like this one"),
    ),
    h(2, "Renewal"),
    p(
        "A token is renewed ",
        marked(marker("playbook-fifty"), _RENEWED),
        ", ten before it ends. Only one process renews at a time: a refresh token that is used twice takes the whole "
        "family with it.",
    ),
    code(
        "python",
        "async def token(store, renew, margin=600):\n    held = await store.read()\n"
        "    if held.expires_in > margin:\n        return held\n    async with store.lock():\n"
        "        held = await store.read()  # somebody else may have been quicker\n"
        "        return held if held.expires_in > margin else await store.write(await renew(held))",
        "One renewal at a time",
    ),
    h(2, "What to ask users for"),
    ol("Their site's address", "Consent in the browser, once", "Nothing else"),
    box("tip", p("Three tries with 1, 2 and 4 seconds in between were enough for everything we saw with Drive.")),
)
_PLAYBOOK_FIRST = body(
    h(2, "Which way in for which service"),
    table(("Service", "Way in"), *((name, way) for name, way, _, _ in _SERVICES[:2])),
    h(2, "Renewal"),
    p("Renew when a call fails."),
)

_JIRA_TOOLS = body(
    p("What we settled before the first line of ", jira(history.key(35)), "."),
    table(
        ("Question", "Decision", "Why"),
        ("How is a status named?", "As people name it", "Nobody knows a transition's number"),
        (
            "What does a change answer?",
            p("The fields that changed, ", em("old"), " and ", em("new")),
            "The model need not read again",
        ),
        ("How many issues per answer?", "Twenty-five, one line each", "A conversation has to hold them"),
        ("May it delete?", "Only where a person allowed it", p("See ", page("Security review: checklist"))),
    ),
    h(2, "Limits"),
    table(("Call", "At most"), ("Search", "2 s"), ("Create", "2 s")),
    p(
        "Pull requests: ",
        card("https://github.com/pm-os/agents/pull/41"),
        " and ",
        card("https://github.com/pm-os/agents/pull/44"),
    ),
    h(2, "Order of work"),
    ol(p("Reading and search: ", jira(history.key(55))), p("Creating, changing, moving: ", jira(history.key(56)))),
)

_FEASIBILITY = body(
    macro("excerpt", {"hidden": "false"}, p("The questions that the Engineering Partner answers before an estimate.")),
    ol(
        p(strong("Can it be built?"), " With what we have, or with what more?"),
        p(strong("What does it touch?"), " Name the services and who owns them."),
        p(strong("What is unknown?"), " Each unknown with the smallest trial that settles it."),
        p(strong("What does it cost?"), " In days, with a spread. A single number is not an estimate."),
    ),
    expand(
        "An example that went well",
        table(
            ("Question", "Answer"),
            ("Can it be built?", "Yes: read only, one scope"),
            ("What is unknown?", "How long a token lives"),
            ("What does it cost?", "1 to 2 days"),
        ),
    ),
)

_SECURITY = body(
    p("Asked of every specification since ", jira(history.key(14)), ". A specification without answers goes back."),
    tasks(
        (21, False, "What can an attacker send? (text of tickets and pages counts)"),
        (22, False, "What must never be logged?"),
        (23, False, "Who may undo it, and how?"),
        (24, False, "Which permission could be left out?"),
    ),
    h(2, "Findings so far"),
    table(
        ("Integration", "Blocking", "Notes", "By", "On"),
        ("Google Drive", "0", "2", p(mention(who.ENGINEERING_PARTNER)), p(day("2026-02-01"))),
    ),
    p("As a file: ", file("security-checklist.md")),
)

_CONTRACT = body(
    layout(
        (
            "two_equal",
            (
                both(
                    h(3, "Do"), ul("Name a field once, for ever", "Say units in the name", "Answer lists with a cursor")
                ),
                both(h(3, "Do not"), ul("Change the meaning of a field", "Answer an error with 200", "Number pages")),
            ),
        ),
    ),
    h(2, "An error"),
    code("json", '{\n  "error": "rate_limited",\n  "message": "Try again in 2 seconds.",\n  "retry_after_s": 2\n}'),
    h(2, "A list"),
    code("json", '{"items": [], "next": null}'),
    box("note", p("An empty list is an answer. A missing list is a fault.")),
)

_DRIVE = body(
    p("From an empty account to a first document in ten minutes (", jira(history.key(12)), ")."),
    toc(2),
    h(2, "Create the project"),
    ol(
        "Open the console and make a project",
        p("Switch on the ", strong("Drive API")),
        "Make a client of the kind “desktop”",
    ),
    h(2, "Ask for the read-only scope"),
    code("text", "https://www.googleapis.com/auth/drive.readonly"),
    h(2, "Run the check"),
    code("bash", "pm-os check drive && echo ready"),
    p(
        "It should say ",
        mono("ready"),
        " within a second; our trial took ",
        strong(_LATENCY),
        ".",
    ),
    h(2, "When it fails"),
    table(
        ("It says", "It means", "Do"),
        (p(mono("invalid_grant")), "The refresh token was used by somebody else", "Sign in again"),
        (p(mono("403 accessNotConfigured")), "The API is off", "Step 1"),
        (p(mono("429")), "Too many requests", "Nothing: it waits and tries again"),
    ),
    p(
        "All requests of the trial: ",
        page("Google Drive trial: request log"),
        ", the renewals: ",
        file("token-refresh.log"),
    ),
)

PAGES = (
    Page(
        98311,
        "OAuth playbook",
        (
            Edit(who.ENGINEERING_PARTNER, "2026-02-02 21:45", _PLAYBOOK_FIRST),
            Edit(who.ENGINEERING_PARTNER, "2026-02-03 09:10", _PLAYBOOK, "All four services; one renewal at a time"),
        ),
        SPECIFICATIONS,
        ("spec", "phase-4", "oauth"),
        (
            Note(
                who.ALEX_MOREAU,
                "2026-02-03 09:25",
                p("Our proxy ends idle connections after 45. Does that matter here?"),
                marker("playbook-fifty"),
                _RENEWED,
            ),
        ),
        views=12,
    ),
    Page(
        98312,
        "Jira tools: decisions",
        (Edit(who.ENGINEERING_PARTNER, "2026-02-02 22:00", _JIRA_TOOLS),),
        SPECIFICATIONS,
        ("spec", "phase-4", "decision"),
    ),
    Page(
        98421,
        "Feasibility assessment",
        (Edit(who.ENGINEERING_PARTNER, "2026-01-31 19:35", _FEASIBILITY),),
        SPECIFICATIONS,
        ("spec", "template", "phase-1"),
    ),
    Page(
        98422,
        "Security review: checklist",
        (
            Edit(
                who.ENGINEERING_PARTNER,
                "2026-02-01 10:05",
                _SECURITY.replace("Which permission could be left out?", "Which scope is too wide?"),
            ),
            Edit(who.ALEX_MOREAU, "2026-02-01 11:30", _SECURITY, "Plain words", minor=True),
        ),
        SPECIFICATIONS,
        ("spec", "security", "phase-2"),
        files=(File("security-checklist.md", who.ENGINEERING_PARTNER, "2026-02-01 10:06", (files.checklist,)),),
    ),
    Page(
        98423,
        "API contract: conventions",
        (Edit(who.ENGINEERING_PARTNER, "2026-01-31 19:50", _CONTRACT),),
        SPECIFICATIONS,
        ("spec", "phase-1"),
    ),
    Page(
        98424,
        "Google Drive: OAuth setup guide",
        (Edit(who.ENGINEERING_PARTNER, "2026-02-01 00:05", _DRIVE),),
        SPECIFICATIONS,
        ("spec", "guide", "phase-1", "oauth"),
        (
            Note(
                who.ALEX_RIVERA,
                "2026-02-01 08:20",
                p("Took me nine minutes. Step 2 could say which console."),
                replies=(Note(who.ENGINEERING_PARTNER, "2026-02-01 08:31", p("Will do.")),),
            ),
        ),
        (File("token-refresh.log", who.ENGINEERING_PARTNER, "2026-01-31 23:10", (files.refresh_log,)),),
    ),
    Page(
        98425,
        "Google Drive trial: request log",
        (Edit(who.ENGINEERING_PARTNER, "2026-02-01 07:00", request_log()),),
        SPECIFICATIONS,
        ("log", "phase-1"),
        views=2,
        liked_by=(),
    ),
    AWKWARD,
)
