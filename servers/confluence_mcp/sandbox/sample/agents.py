"""The specifications of the agents."""

from __future__ import annotations

from confluence_mcp.sandbox.sample.home import AGENTS
from confluence_mcp.sandbox.sample.markup import (
    Part,
    body,
    box,
    code,
    day,
    h,
    jira,
    mention,
    ol,
    p,
    page,
    panel,
    properties,
    status,
    strong,
    table,
    ul,
)
from confluence_mcp.sandbox.sample.record import Edit, Note, Page
from sandbox_kit import history
from sandbox_kit.atlassian import accounts as who


def _spec(
    person: who.Account,
    version: int,
    role: str,
    decides: tuple[str, ...],
    asks: tuple[str, ...],
    judged: str,
    *more: Part,
) -> str:
    """The specification of an agent in one of its versions, the first being 0."""
    release = history.AGENT[person.name].releases[version]
    return body(
        properties(
            ("Agent", p(mention(person))),
            ("Version", p(status(release.version, "Blue"))),
            ("In use since", p(day(release.since[:10]))),
            ("Issue", p(jira(history.key(release.deliverable)))),
        ),
        p(strong(role)),
        h(2, "Decides alone"),
        ul(*decides),
        h(2, "Asks first"),
        ul(*asks),
        h(2, "Judged by"),
        p(judged),
        *more,
    )


_ORCHESTRATOR = _spec(
    who.ORCHESTRATOR,
    0,
    "Takes a request, picks the agent that answers for it, and puts the pieces together again.",
    ("Which agent is asked", "In which order"),
    ("Everything that costs money", "A request that fits two agents equally well"),
    "Requests that went to the right agent at once; hours from request to result.",
    h(2, "Routing"),
    code("yaml", "discovery: product-architect\nfeasibility: engineering-partner\nreview: human-pm"),
)
_ARCHITECT = _spec(
    who.PRODUCT_ARCHITECT,
    0,
    "Turns an opportunity into a requirement that can be estimated.",
    ("How a requirement is divided", "What is ruled out in a first draft"),
    ("A requirement outside the strategy", "Dropping something that was promised"),
    "Accepted at the first review.",
    h(2, "Before handing over"),
    ol(
        "Every section of the template is filled",
        "The strategy is quoted, not paraphrased",
        "At least one thing is ruled out",
    ),
)

_FIRST, _SECOND, _THIRD = history.AGENT["Engineering Partner"].releases
_JUDGED = "Estimates that held, findings before release instead of after."
_LIMITS = ("Adding a dependency", "Anything that sees customers' data")
_PARTNER = (
    _spec(
        who.ENGINEERING_PARTNER,
        0,
        "Says whether a requirement can be built.",
        ("Feasibility, with a reason",),
        _LIMITS,
        _JUDGED,
    ),
    _spec(
        who.ENGINEERING_PARTNER,
        1,
        "Says whether a requirement can be built, and what it would cost.",
        ("Feasibility, with a reason", "The shape of an interface"),
        _LIMITS,
        _JUDGED,
    ),
    _spec(
        who.ENGINEERING_PARTNER,
        2,
        "Says whether a requirement can be built, what it would cost, and what could go wrong.",
        ("Feasibility, with a reason", "The shape of an interface", "Sending a specification back"),
        _LIMITS,
        _JUDGED,
        h(2, f"Since {_THIRD.version}"),
        box("info", p("Every specification answers the ", page("Security review: checklist"), ", its own too.")),
        h(2, "Output"),
        table(
            ("Part", "Form"),
            ("Feasibility", p(page("Feasibility assessment"))),
            ("Interface", p(page("API contract: conventions"))),
            ("Open questions", "Each with an owner"),
        ),
    ),
)
_STRATEGIST = _spec(
    who.UX_STRATEGIST,
    0,
    "Looks at a requirement from the side of the person who will use it.",
    ("Which journeys are drawn", "What a prototype shows"),
    ("Talking to customers",),
    "Objections that users raised later and that were not on the list.",
    panel(
        "A prototype is a sketch",
        p("One page that can be clicked, an hour after the agreement (", jira(history.key(15)), ")."),
        colour="#DEEBFF",
    ),
)
_ANALYST = _spec(
    who.DATA_ANALYST,
    0,
    "Turns a question into SQL, and an answer into a sentence that names its doubt.",
    ("Which tables are read",),
    ("Reading anything about persons", "A query that runs longer than half a minute"),
    "Answers that were right when somebody checked.",
    code(
        "sql",
        "SELECT phase_id, deliverables_completed / NULLIF(duration_days, 0) AS per_day\n"
        "FROM pm_os_analytics.phase_history\nWHERE status = 'Complete';",
    ),
)
_GTM = _spec(
    who.GTM_STRATEGIST,
    0,
    "Says for whom a feature is, what it replaces, and which sentence sells it.",
    ("Words",),
    ("Prices", "Names of customers"),
    "Sentences that sales used unchanged.",
)
_EVALUATOR = _spec(
    who.SYSTEM_EVALUATOR,
    0,
    "Reads what the other agents made and says how good it is, against the standards and not against taste.",
    ("What goes into the weekly audit",),
    ("Changing a standard",),
    "Faults that people found and the audit had not.",
    h(2, "The audit"),
    p("Every Monday at eight (", jira(history.key(23)), "); its numbers go to the ", page("Quality dashboard"), "."),
)
_MAINTAINER = _spec(
    who.DOCUMENTATION_MAINTAINER,
    0,
    "Compares documents with what is there, and corrects the documents.",
    ("Corrections of facts",),
    ("Anything that changes what was promised", "Pages that somebody else owns"),
    "Days that a wrong sentence stood.",
)


def _page(number: int, title: str, author: who.Account, text: str) -> Page:
    """The page of an agent that has one version, written when that came into use."""
    figures = history.agent_figures(title)
    labels = ("agent-spec", f"phase-{figures.phase_deployed}")
    edit = Edit(author, figures.agent.releases[0].since, text)
    return Page(number, title, (edit,), AGENTS, labels, owner=who.HUMAN_PM)


PAGES = (
    _page(98431, "Orchestrator", who.PRODUCT_ARCHITECT, _ORCHESTRATOR),
    _page(98432, "Product Architect", who.PRODUCT_ARCHITECT, _ARCHITECT),
    Page(
        98433,
        "Engineering Partner",
        (
            Edit(who.ENGINEERING_PARTNER, _FIRST.since, _PARTNER[0], _FIRST.version),
            Edit(who.ENGINEERING_PARTNER, _SECOND.since, _PARTNER[1], f"{_SECOND.version}: costs, interfaces"),
            Edit(
                who.HUMAN_PM,
                "2026-02-01 10:10",
                _PARTNER[2],
                f"{_THIRD.version}: security review as part of every specification",
            ),
        ),
        AGENTS,
        ("agent-spec", "phase-1", "phase-2"),
        (Note(who.SYSTEM_EVALUATOR, "2026-02-02 12:30", p("It sent its own specification back once. Good sign.")),),
        owner=who.HUMAN_PM,
        views=11,
    ),
    _page(98434, "UX Strategist", who.UX_STRATEGIST, _STRATEGIST),
    _page(98435, "Data Analyst", who.DATA_ANALYST, _ANALYST),
    _page(98436, "GTM Strategist", who.GTM_STRATEGIST, _GTM),
    _page(98437, "System Evaluator", who.SYSTEM_EVALUATOR, _EVALUATOR),
    _page(98438, "Documentation Maintainer", who.DOCUMENTATION_MAINTAINER, _MAINTAINER),
)
