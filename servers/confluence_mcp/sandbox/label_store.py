"""Labels, and what they are on: contents, attachments and spaces."""

from __future__ import annotations

from confluence_mcp.sandbox.model import Label
from confluence_mcp.sandbox.session import Session, columns
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.session import one

GLOBAL = "global"
PREFIXES = (GLOBAL, "my", "team", "system")


def label(session: Session, name: str, prefix: str = GLOBAL) -> Label | None:
    """The label of that name."""
    return session.row(Label, "label", "prefix = ? AND name = ?", prefix, name.lower())


def of(session: Session, target: int) -> list[Label]:
    """The labels on something, in the order in which they were put there."""
    query = (
        f"SELECT {columns(Label, 'label')} FROM label JOIN labelled ON labelled.label = label.id"  # noqa: S608
        " WHERE labelled.target = ? ORDER BY labelled.moment, label.id"
    )
    return [Label(*row) for row in session.db.execute(query, (target,))]


def put(session: Session, target: int, name: str, prefix: str = GLOBAL, moment: int = 0) -> Label:
    """Put a label on something, unless it is there already. Names are in small letters."""
    found = label(session, name, prefix)
    if found is None:
        found = Label(session.next_number("label", 1_000_000), prefix, name.lower())
        session.insert("label", found)
    row = (found.id, target, moment or now_ms())
    session.db.execute("INSERT OR IGNORE INTO labelled VALUES (?, ?, ?)", row)
    return found


def take(session: Session, target: int, name: str, prefix: str = GLOBAL) -> bool:
    """Take a label off something; False when it was not there."""
    found = label(session, name, prefix)
    query = "DELETE FROM labelled WHERE label = ? AND target = ? RETURNING label"
    return found is not None and one(session.db, query, found.id, target) is not None


def targets(session: Session, number: int) -> list[int]:
    """The ids of what a label is on."""
    return [
        row[0] for row in session.db.execute("SELECT target FROM labelled WHERE label = ? ORDER BY target", (number,))
    ]
