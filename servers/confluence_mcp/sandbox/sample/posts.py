"""The blog of PMOS, and the templates of the space and of the site."""

from __future__ import annotations

from confluence_mcp.sandbox.sample.markup import (
    Markup,
    body,
    box,
    h,
    jira,
    macro,
    mention,
    p,
    page,
    properties,
    quote,
    strong,
    table,
    tasks,
    ul,
)
from confluence_mcp.sandbox.sample.record import Edit, Note, Page
from sandbox_kit import history
from sandbox_kit.atlassian import accounts as who

_FIVE = len(history.MEASURES)
_OTHERS = history.METRICS - _FIVE
_BY_NIGHT = sum(1 for each in history.AGENTS if each.releases[0].since <= history.PHASES[0].finished)
"""The agents that were there when Phase 0 was over."""


def _post(
    number: int, title: str, author: who.Account, when: str, text: str, *labels: str, notes: tuple[Note, ...] = ()
) -> Page:
    return Page(number, title, (Edit(author, when, text),), None, labels, notes, kind="blogpost", views=8)


POSTS = (
    _post(
        98471,
        "Phase 0 in a day",
        who.HUMAN_PM,
        "2026-01-31 18:30",
        body(
            p(f"This morning there was an empty repository. Tonight {_BY_NIGHT} agents work in it."),
            p("What made the difference is dull: ", strong("templates"), ". The details are in the "),
            p(page("Phase 0 completion report"), "."),
        ),
        "news",
        "phase-0",
        notes=(Note(who.ALEX_RIVERA, "2026-01-31 19:05", p("Can the shop team have the templates too?")),),
    ),
    _post(
        98472,
        "Five agents, no meeting",
        who.PRODUCT_ARCHITECT,
        "2026-02-01 18:20",
        body(
            p("One feature went from an opportunity to the words for the market, and nobody called a meeting."),
            quote(p("Two headings were renamed on the way. That was all.")),
            p("Who did what: ", jira(history.key(18)), "."),
        ),
        "news",
        "phase-2",
    ),
    _post(
        98473,
        "What we count from now on",
        who.SYSTEM_EVALUATOR,
        "2026-02-02 19:45",
        body(
            box("tip", p("The numbers are on the ", page("Quality dashboard"), ".")),
            ul(*[each.name for each in history.MEASURES]),
            p(
                mention(who.HUMAN_PM),
                f" decides by these {_FIVE}. The other {_OTHERS} are for those who like to look.",
            ),
        ),
        "news",
        "metrics",
    ),
)


def _field(name: str) -> Markup:
    return Markup(f'<at:var at:name="{name}" />')


def _hint(words: str) -> Markup:
    return Markup(f"<ac:placeholder>{words}</ac:placeholder>")


def _declared(*names: str) -> Markup:
    told = "".join(f'<at:string at:name="{name}" />' for name in names)
    return Markup(f"<at:declarations>{told}</at:declarations>")


PRD_TEMPLATE = body(
    _declared("Feature", "Owner"),
    properties(("Owner", p(_field("Owner"))), ("State", p(macro("status", {"title": "draft", "colour": "Yellow"})))),
    h(2, "Problem"),
    p(_hint("Who has it, and how do we know?")),
    h(2, "What success is"),
    table(("Measure", "Before", "Goal"), (p(_hint("A number with a date")), "", "")),
    h(2, "What ", _field("Feature"), " will do"),
    ul(p(_hint("One line each"))),
    h(2, "What we leave alone"),
    ul(p(_hint("At least one thing"))),
    h(2, "Risks"),
    ul(p(_hint("Each with its first sign"))),
)
WEEKLY_TEMPLATE = body(
    _declared("Week"),
    h(2, "Week ", _field("Week")),
    table(
        ("Metric", "Last week", "This week"), ("Accepted at the first review", "", ""), ("Hours to a result", "", "")
    ),
    h(2, "Next"),
    tasks((1, False, _hint("Who does what by when"))),
)
DECISION_TEMPLATE = body(
    _declared("Decision"),
    properties(
        ("Decision", p(_field("Decision"))), ("Decided by", p(_hint("@ somebody"))), ("On", p(_hint("// a date")))
    ),
    h(2, "Choices"),
    table(("Choice", "For", "Against"), ("", "", "")),
    h(2, "Consequences"),
    p(_hint("What becomes easier, what harder?")),
)
