"""Sprints and ranks as they are stored: both change while the site is used."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from jira_mcp.sandbox.model import Issue, Sprint
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.fields import RANK, SPRINT_FIELD
from jira_mcp.sandbox.session import Session
from sandbox_kit.session import one

TABLE = "CREATE TABLE sprint (id INTEGER PRIMARY KEY, document TEXT NOT NULL)"
CHANGED = "sprints"
"""The sequence that grows with every change of a sprint."""

_FIRST_FREE = 100
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_FIXED = 7
"""Digits of a rank before its colon; what comes between two ranks goes behind it."""


def fill(session: Session, more: Iterable[Sprint] = ()) -> None:
    """Write the sample's sprints."""
    for sprint in (*site.SPRINTS, *more):
        save_sprint(session, sprint)


def find_sprint(session: Session, number: int) -> Sprint | None:
    """The sprint with this id."""
    row = one(session.db, "SELECT document FROM sprint WHERE id = ?", number) if abs(number) < 1 << 63 else None
    return Sprint(**json.loads(row[0])) if row else None


def known_sprint(session: Session, number: int) -> Sprint:
    """The sprint that an issue is in."""
    sprint = find_sprint(session, number)
    assert sprint is not None, "a sprint with issues is never deleted"
    return sprint


def all_sprints(session: Session) -> list[Sprint]:
    """Every sprint, the oldest first."""
    rows = session.db.execute("SELECT document FROM sprint ORDER BY id")
    return [Sprint(**json.loads(row[0])) for row in rows]


def names(session: Session) -> dict[int, str]:
    """What each sprint is called."""
    return {sprint.id: sprint.name for sprint in all_sprints(session)}


def save_sprint(session: Session, sprint: Sprint) -> None:
    """Add a sprint, or store its new state."""
    document = json.dumps(asdict(sprint), ensure_ascii=False)
    session.db.execute("INSERT OR REPLACE INTO sprint VALUES (?, ?)", (sprint.id, document))
    session.next_number(CHANGED)


def put_into(session: Session, issue: Issue, number: int | None) -> None:
    """Move an issue into an open sprint, or out of any; the closed ones that it was in stay."""
    before: list[int] = issue.custom.get(SPRINT_FIELD) or []
    closed = [each for each in before if known_sprint(session, each).state == "closed"]
    after = closed if number is None else [*closed, number]
    if after:
        issue.custom[SPRINT_FIELD] = after
    else:
        issue.custom.pop(SPRINT_FIELD, None)


def next_id(session: Session) -> int:
    """The id of a new sprint."""
    return session.next_number("sprint", _FIRST_FREE)


def first_rank(number: int) -> str:
    """The rank of an issue that nobody has ranked: the oldest comes first."""
    return f"0|i{number:06d}:"


def rank_of(issue: Issue) -> str:
    """Where an issue stands among all, as a word to sort by."""
    return issue.custom.get(RANK) or first_rank(issue.id)


def ranks_between(low: str, high: str, count: int) -> list[str]:
    """`count` ranks in their order, all above `low` and below `high`; an empty one is no bound."""
    found: list[str] = []
    for _ in range(count):
        low = _between(_plain(low), _plain(high))
        found.append(f"0|{low[:_FIXED]}:{low[_FIXED:]}")
        low = found[-1]
    return found


def _plain(rank: str) -> str:
    return rank.removeprefix("0|").replace(":", "")


def _between(low: str, high: str) -> str:
    """A word of digits above `low` and below `high`, never ending in 0, so that there is always room below it."""
    made = ""
    bounded = bool(high)
    for place in range(max(len(low), len(high)) + _FIXED + 2):
        least = _DIGITS.index(low[place]) if place < len(low) else 0
        most = _DIGITS.index(high[place]) if bounded and place < len(high) else (0 if bounded else len(_DIGITS))
        if most - least > 1 and len(made) >= _FIXED - 1:
            return made + _DIGITS[(least + most) // 2]
        if most > least:
            bounded = False
        made += _DIGITS[least]
    raise AssertionError("two equal ranks")


def in_order(sprints: Sequence[Sprint]) -> list[Sprint]:
    """Closed, active, future, each in the order in which they were made: as the vendor lists them."""
    order = ("closed", "active", "future")
    return sorted(sprints, key=lambda sprint: (order.index(sprint.state), sprint.id))
