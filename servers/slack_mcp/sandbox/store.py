"""The workspace's memory, and what an empty file is filled with."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Literal, TypeAlias

from sandbox_kit.database import Database
from slack_mcp.sandbox.schema import SCRIPTS, VERSION
from slack_mcp.sandbox.session import Session

Data: TypeAlias = Literal["sample", "large"]


class Store(Database[Session]):
    """The SQLite file behind the sandbox.

    `data` is what an empty file is filled with; None takes whatever the file holds already, else the sample.
    """

    version = VERSION

    def __init__(self, path: Path, data: Data | None = None) -> None:
        super().__init__(path)
        self._data: Data | None = data

    def session(self, connection: sqlite3.Connection) -> Session:
        """What a transaction on this connection may do."""
        return Session(connection)

    def is_filled(self, connection: sqlite3.Connection) -> bool:
        """Whether the file holds the data that are wanted."""
        held = self._held(connection)
        return held is not None and self._data in (None, held)

    def fill(self, connection: sqlite3.Connection) -> None:
        """Begin with the data that are wanted, else those that the file held."""
        from slack_mcp.sandbox.sample import seed  # only the first process to open the file needs it

        data = self._data or self._held(connection) or "sample"
        self.empty(connection)
        for script in SCRIPTS:
            for statement in script.split(";"):
                connection.execute(statement)
        session = self.session(connection)
        session.set_meta("data", data)
        seed.fill(session)
        if data == "large":
            from slack_mcp.sandbox.sample import large  # nobody else pays for it

            large.fill(session)

    def _held(self, connection: sqlite3.Connection) -> Data | None:
        """What the file was filled with; None when it is empty or of another version."""
        if self.held_version(connection) != VERSION:
            return None
        return "large" if self.session(connection).meta("data") == "large" else "sample"
