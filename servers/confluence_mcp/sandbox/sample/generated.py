"""A thousand pages of the space KB, always the same ones, to page through."""

from __future__ import annotations

import random
from collections.abc import Iterator

from confluence_mcp.sandbox.session import Session
from sandbox_kit.atlassian import accounts as who
from sandbox_kit.atlassian.clock import at

HOME = 200_000
COUNT = 1000
"""The home page and its ten chapters are among them."""
_DAY = 86_400_000
_CHAPTERS = (
    "Checkout", "Search", "Catalogue", "Accounts", "Shipping",
    "Returns", "Payments", "Promotions", "Support", "Warehouse",
)  # fmt: skip
_TOPICS = (
    "How we", "Why we", "When to", "Runbook:", "Checklist:", "Decision:", "Retrospective:", "Glossary:",
)  # fmt: skip
_DEEDS = (
    "roll back a release", "measure the conversion", "answer a complaint", "rotate the keys", "load the price list",
    "test on slow connections", "name the variants", "handle a chargeback", "translate the mails", "freeze the stock",
    "read the funnel", "train the second line",
)  # fmt: skip
_STEPS = (
    "Say in the channel that you begin.", "Look at the numbers of the last hour.", "Ask a second person to watch.",
    "Write down what you see before you change anything.", "Undo it if the error rate doubles.",
    "Close the ticket with a link to this page.",
)  # fmt: skip
_PEOPLE = (who.ALEX_RIVERA, who.ALEX_MOREAU, who.ENGINEERING_PARTNER, who.DATA_ANALYST, who.UX_STRATEGIST)


def fill(session: Session, space: int) -> None:
    """Write the pages in three statements."""
    pages = list(_pages())
    session.db.executemany(
        "INSERT INTO content VALUES (?, 'page', 'current', ?, ?, ?, ?, ?, ?, ?, 1, '', 0.0)",
        [(number, space, title, parent, place, by, by, made) for number, title, parent, place, by, made, _ in pages],
    )
    session.db.executemany(
        "INSERT INTO version VALUES (?, 1, ?, ?, '', 0, ?, ?)",
        [(number, made, by, title, body) for number, title, _, _, by, made, body in pages],
    )


def _pages() -> Iterator[tuple[int, str, int | None, int, str, int, str]]:
    """Id, title, parent, place, author, moment and body of each."""
    chance = random.Random(2026)
    opening = at("2025-02-03 08:00")
    chief = who.ALEX_RIVERA.account_id
    yield HOME, "Nova Knowledge Base", None, 0, chief, opening, "<p>How the shop is run, chapter by chapter.</p>"
    for number, chapter in enumerate(_CHAPTERS, 1):
        words = f"<p>All about {chapter.lower()}.</p>"
        yield HOME + number, chapter, HOME, number - 1, chief, opening + number, words
    first = len(_CHAPTERS) + 1
    children: dict[int, int] = {}
    for number in range(first, COUNT):
        chapter = (number - first) % len(_CHAPTERS)
        depth = (number - first) // len(_CHAPTERS)
        parent = HOME + 1 + chapter if depth < 12 else HOME + first + (depth % 12) * len(_CHAPTERS) + chapter
        children[parent] = children.get(parent, -1) + 1
        topic, deed = _TOPICS[depth % len(_TOPICS)], _DEEDS[(depth + chapter) % len(_DEEDS)]
        title = f"{topic} {deed} ({_CHAPTERS[chapter].lower()} {depth + 1})"
        author = chance.choice(_PEOPLE).account_id
        moment = opening + number * (_DAY // 3) + chance.randrange(_DAY // 4)
        yield HOME + number, title, parent, children[parent], author, moment, _body(chance, number, deed)


def _body(chance: random.Random, number: int, deed: str) -> str:
    steps = "".join(f"<li><p>{step}</p></li>" for step in chance.sample(_STEPS, 4))
    minutes, issue = chance.randint(5, 90), chance.randint(1, 2000)
    rows = "".join(f"<tr><td><p>Week {week}</p></td><td><p>{chance.randint(0, 40)}</p></td></tr>" for week in (3, 4, 5))
    return (
        f"<h2>In short</h2><p>To {deed} takes about {minutes} minutes. First asked for in NOVA-{issue}.</p>"
        f"<h2>Steps</h2><ol>{steps}</ol><h2>How often</h2>"
        f"<table><tbody><tr><th><p>Week</p></th><th><p>Times</p></th></tr>{rows}</tbody></table>"
        f"<p>Page {number} of the handbook.</p>"
    )
