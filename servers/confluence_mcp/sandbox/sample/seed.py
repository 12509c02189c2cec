"""Writes the sample data into an empty file."""

from __future__ import annotations

from confluence_mcp.sandbox import accounts as who
from confluence_mcp.sandbox.clock import at
from confluence_mcp.sandbox.model import Content, Space
from confluence_mcp.sandbox.permissions import ADMINISTRATORS, READERS, WRITERS
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.site import GROUPS


def fill(session: Session) -> None:
    """Write a space with its homepage."""
    created, author = at("2026-01-31 08:00"), who.HUMAN_PM.account_id
    session.insert("space", Space(98304, "PMOS", "PM OS", "global", "current", author, created, 98400, ""))
    home = Content(98400, "page", "current", 98304, "PM OS", None, 0, author, author, created, 1, "", 0, 0.0)
    session.add_content(home, "<p>Welcome.</p>")
    groups = {group.name: group.id for group in GROUPS}
    for name, rights in (("admins", ADMINISTRATORS), ("users", WRITERS), ("guests", READERS)):
        for operation, target in rights:
            session.permit(98304, "group", groups[f"confluence-{name}-pm-os"], operation, target)
