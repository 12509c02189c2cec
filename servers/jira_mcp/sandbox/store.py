"""The site's memory, and what an empty file is filled with."""

from __future__ import annotations

import sqlite3

from jira_mcp.sandbox import agile_store, attachment_store, filter_store, project_parts
from jira_mcp.sandbox.session import Session
from sandbox_kit.atlassian.store import SiteStore
from sandbox_kit.session import TABLES

_TABLES = """
CREATE TABLE issue (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    parent INTEGER,
    seq INTEGER NOT NULL,
    changed REAL NOT NULL,
    document TEXT NOT NULL,
    previous TEXT
);
CREATE INDEX issue_seq ON issue (seq);
CREATE INDEX issue_parent ON issue (parent);
CREATE TABLE removed (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL);
CREATE TABLE link (id INTEGER PRIMARY KEY, type TEXT NOT NULL, source INTEGER NOT NULL, target INTEGER NOT NULL);
CREATE INDEX link_source ON link (source);
CREATE INDEX link_target ON link (target);
CREATE TABLE history (
    id INTEGER PRIMARY KEY, issue INTEGER NOT NULL, moment INTEGER NOT NULL, author TEXT NOT NULL,
    items TEXT NOT NULL
);
CREATE INDEX history_issue ON history (issue);
"""


class Store(SiteStore[Session]):
    """The SQLite file behind the sandbox."""

    version = 4
    tables = ";".join(
        (TABLES + _TABLES, agile_store.TABLE, attachment_store.TABLE, filter_store.TABLE, project_parts.TABLE)
    )

    def session(self, connection: sqlite3.Connection) -> Session:
        """What a transaction on this connection may do."""
        return Session(connection, self.search_lag)

    def write_sample(self, session: Session, data: str) -> None:
        """Begin with the sample data."""
        from jira_mcp.sandbox.sample import ops, seed  # only the first process to open the file needs it

        (seed if data == "sample" else ops).fill(session)
