"""The workspace's memory, and what an empty file is filled with."""

from __future__ import annotations

import sqlite3

from sandbox_kit.sample_database import SampleDatabase
from slack_mcp.sandbox.schema import SCRIPTS, VERSION
from slack_mcp.sandbox.session import Session


class Store(SampleDatabase[Session]):
    """The SQLite file behind the sandbox."""

    version = VERSION
    tables = ";".join(SCRIPTS)

    def session(self, connection: sqlite3.Connection) -> Session:
        """What a transaction on this connection may do."""
        return Session(connection)

    def seed(self, session: Session, data: str) -> None:
        """Begin with the workspace, and with what makes it a large one if that is wanted."""
        from slack_mcp.sandbox.sample import seed  # only the first process to open the file needs it

        seed.fill(session)
        if data == "large":
            from slack_mcp.sandbox.sample import large  # nobody else pays for it

            large.fill(session)
