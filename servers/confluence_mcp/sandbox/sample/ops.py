"""The second site: the same people, and few pages."""

from __future__ import annotations

from confluence_mcp.sandbox.sample import seed
from confluence_mcp.sandbox.session import Session


def fill(session: Session) -> None:
    """Write the second site's pages."""
    seed.fill(session)
