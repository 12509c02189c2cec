"""The site's memory, and what an empty file is filled with."""

from __future__ import annotations

import secrets
import sqlite3
from pathlib import Path

from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.tables import TABLES as OWN_TABLES
from sandbox_kit.database import Database
from sandbox_kit.session import TABLES


class Store(Database[Session]):
    """The SQLite file behind the sandbox, whose search notices changes `search_lag` seconds late.

    `data` is what an empty file is filled with; None takes what the file holds already, else the sample.
    """

    version = 2

    def __init__(self, path: Path, search_lag: float = 0.0, *, data: str | None = None) -> None:
        super().__init__(path)
        self.search_lag = search_lag
        self.data = data

    def is_filled(self, connection: sqlite3.Connection) -> bool:
        """Whether the file holds the data that are wanted."""
        return super().is_filled(connection) and self.data in (None, self._held(connection))

    def _held(self, connection: sqlite3.Connection) -> str:
        if self.held_version(connection) != self.version:
            return "sample"
        return self.session(connection).meta("data") or "sample"

    def session(self, connection: sqlite3.Connection) -> Session:
        """What a transaction on this connection may do."""
        return Session(connection, self.search_lag)

    def fill(self, connection: sqlite3.Connection) -> None:
        """Begin with the sample data."""
        from confluence_mcp.sandbox.sample import ops, seed  # only the first process to open the file needs it

        data = self.data or self._held(connection)
        self.empty(connection)
        for statement in (TABLES + OWN_TABLES).split(";"):
            connection.execute(statement)
        session = Session(connection)
        session.set_meta("data", data)
        session.set_meta("generation", secrets.token_hex(8))
        session.set_meta("token_secret", secrets.token_hex(32))
        (seed if data == "sample" else ops).fill(session)
