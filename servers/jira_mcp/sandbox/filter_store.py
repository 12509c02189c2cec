"""Saved filters as they are stored, and who may see what is shared."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict

from jira_mcp.sandbox.model import JsonObject
from jira_mcp.sandbox.permissions import browsable
from jira_mcp.sandbox.sample.filters import FILTERS, Filter
from jira_mcp.sandbox.sample.groups import GROUPS, ROLE
from jira_mcp.sandbox.sample.projects import PROJECT
from jira_mcp.sandbox.session import Session
from sandbox_kit.atlassian.accounts import Account
from sandbox_kit.session import one

TABLE = "CREATE TABLE filter (id INTEGER PRIMARY KEY, document TEXT NOT NULL)"

_FIRST_FREE = 10100


def fill(session: Session) -> None:
    """Write the sample's filters."""
    for each in FILTERS:
        save(session, each)


def all_filters(session: Session) -> list[Filter]:
    """Every filter, the oldest first."""
    rows = session.db.execute("SELECT document FROM filter ORDER BY id").fetchall()
    return [Filter(**json.loads(row[0])) for row in rows]


def find(session: Session, reference: str) -> Filter | None:
    """The filter with this id."""
    if not (reference.isascii() and reference.isdecimal() and len(reference) < 19):
        return None
    row = one(session.db, "SELECT document FROM filter WHERE id = ?", int(reference))
    return Filter(**json.loads(row[0])) if row else None


def save(session: Session, saved: Filter) -> None:
    """Add a filter, or store its new state."""
    document = json.dumps(asdict(saved), ensure_ascii=False)
    session.db.execute("INSERT OR REPLACE INTO filter VALUES (?, ?)", (saved.id, document))


def remove(session: Session, saved: Filter) -> None:
    """Delete a filter."""
    session.db.execute("DELETE FROM filter WHERE id = ?", (saved.id,))


def next_id(session: Session) -> int:
    """The id of a new filter."""
    return session.next_number("filter", _FIRST_FREE)


def lookup(session: Session, account: Account) -> Callable[[str], str | None]:
    """What finds the JQL of the filters that an account may see, by id or name."""

    def found(spelling: str) -> str | None:
        for each in all_filters(session):
            meant = spelling == str(each.id) or spelling.casefold() == each.name.casefold()
            if meant and visible(account, each.owner, each.shares):
                return each.jql
        return None

    return found


def visible(account: Account, owner: str, shares: Iterable[JsonObject]) -> bool:
    """Whether an account sees what its owner shared so."""
    return account.account_id == owner or any(_covers(share, account) for share in shares)


def _covers(share: JsonObject, account: Account) -> bool:
    match share["type"]:
        case "authenticated":
            return bool(account.account_id)
        case "project":
            return browsable(account, PROJECT[share["project"]])
        case "projectRole":
            return PROJECT[share["project"]].roles.get(account.account_id) == ROLE[str(share["role"])].word
        case "group":
            return any(account.account_id in group.members for group in GROUPS if group.id == share["group"])
        case "user":
            return account.account_id == share["user"]
        case _:
            return True
