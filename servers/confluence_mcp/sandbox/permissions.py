"""Who may do what: by the permissions of a space, and by the restrictions on its contents."""

from __future__ import annotations

from confluence_mcp.sandbox.model import DRAFT, Content, Space
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.site import groups_of
from sandbox_kit.atlassian.accounts import Account

READERS = (("read", "space"),)
WRITERS = (
    *READERS,
    ("create", "page"),
    ("create", "blogpost"),
    ("create", "comment"),
    ("create", "attachment"),
    ("delete", "page"),
    ("delete", "blogpost"),
    ("delete", "attachment"),
    ("delete", "space"),
    ("archive", "page"),
)
"""What those who write may do; "delete space" is the vendor's name for deleting what is one's own."""
ADMINISTRATORS = (
    *WRITERS,
    ("delete", "comment"),
    ("restrict_content", "space"),
    ("export", "space"),
    ("administer", "space"),
)


def allowed(session: Session, account: Account, space: int, operation: str, target: str) -> bool:
    """Whether the account has a permission in a space, itself or through a group."""
    mine = {("user", account.account_id), *(("group", group) for group in groups_of(account.account_id))}
    query = "SELECT kind, principal FROM permission WHERE space = ? AND operation = ? AND target = ?"
    return any(tuple(row) in mine for row in session.db.execute(query, (space, operation, target)))


def sees_space(session: Session, account: Account, space: Space | int) -> bool:
    """Whether the account sees a space at all."""
    return allowed(session, account, space if isinstance(space, int) else space.id, "read", "space")


def sees(session: Session, account: Account, content: Content) -> bool:
    """Whether the account may read a content: its space, and no restriction on it or above it is against that.

    A draft is its author's alone.
    """
    if not sees_space(session, account, content.space):
        return False
    if content.status == DRAFT:
        return content.author == account.account_id
    return all(_passes(session, account, each.id, "read") for each in (content, *session.ancestors(content)))


class Sight:
    """What an account sees of many contents, found out once for all of them."""

    def __init__(self, session: Session, account: Account) -> None:
        self._account = account
        self._spaces = {space.id for space in session.spaces() if sees_space(session, account, space)}
        self._hidden = _hidden(session, account)

    def sees(self, content: Content | None) -> bool:
        """Whether the account may read a content."""
        if content is None or content.space not in self._spaces:
            return False
        if content.status == DRAFT:
            return content.author == self._account.account_id
        return content.id not in self._hidden


def _hidden(session: Session, account: Account) -> set[int]:
    """The contents that a restriction on them or above them keeps from an account."""
    rows = session.db.execute("SELECT DISTINCT content FROM restriction WHERE operation = 'read'").fetchall()
    waiting = [row[0] for row in rows if not _passes(session, account, row[0], "read")]
    found: set[int] = set()
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting += [row[0] for row in session.db.execute("SELECT id FROM content WHERE parent = ?", (number,))]
    return found


def edits(session: Session, account: Account, content: Content) -> bool:
    """Whether the account may change a content."""
    return (
        sees(session, account, content)
        and allowed(session, account, content.space, "create", "blogpost" if content.type == "blogpost" else "page")
        and _passes(session, account, content.id, "update")
    )


def _passes(session: Session, account: Account, content: int, operation: str) -> bool:
    listed = [(kind, subject) for what, kind, subject in session.restrictions(content) if what == operation]
    if not listed:
        return True
    groups = groups_of(account.account_id)
    return any(subject == account.account_id if kind == "user" else subject in groups for kind, subject in listed)
