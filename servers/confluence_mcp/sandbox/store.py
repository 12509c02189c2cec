"""The site's memory, and what an empty file is filled with."""

from __future__ import annotations

import sqlite3

from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.tables import TABLES as OWN_TABLES
from sandbox_kit.atlassian.store import SiteStore
from sandbox_kit.session import TABLES


class Store(SiteStore[Session]):
    """The SQLite file behind the sandbox."""

    version = 3
    tables = TABLES + OWN_TABLES

    def session(self, connection: sqlite3.Connection) -> Session:
        """What a transaction on this connection may do."""
        return Session(connection, self.search_lag)

    def write_sample(self, session: Session, data: str) -> None:
        """Begin with the sample data."""
        from confluence_mcp.sandbox.sample import ops, seed  # only the first process to open the file needs it

        (seed if data == "sample" else ops).fill(session)
