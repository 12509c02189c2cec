"""A sandbox's memory that begins with one of several sets of data."""

from __future__ import annotations

import sqlite3
from abc import abstractmethod
from pathlib import Path

from sandbox_kit.database import Database, SessionT

SAMPLE = "sample"
"""The usual set."""


class SampleDatabase(Database[SessionT]):
    """The SQLite file behind a sandbox, which notes what it was filled with.

    `data` is what an empty file is filled with; None takes what the file holds already, else the sample.
    """

    tables: str
    """The statements that create the tables, with semicolons between them."""

    def __init__(self, path: Path, data: str | None = None) -> None:
        super().__init__(path)
        self.data = data

    @abstractmethod
    def seed(self, session: SessionT, data: str) -> None:
        """Write the data into the tables, which are new."""

    def is_filled(self, connection: sqlite3.Connection) -> bool:
        """Whether the file holds the data that are wanted."""
        return super().is_filled(connection) and self.data in (None, self._held(connection))

    def fill(self, connection: sqlite3.Connection) -> None:
        """Begin with the data that are wanted, else those that the file held."""
        data = self.data or self._held(connection)
        self.empty(connection)
        for statement in self.tables.split(";"):
            connection.execute(statement)
        session = self.session(connection)
        session.set_meta("data", data)
        self.seed(session, data)

    def _held(self, connection: sqlite3.Connection) -> str:
        """What the file was filled with; the sample when it is empty or of another version."""
        if self.held_version(connection) != self.version:
            return SAMPLE
        return self.session(connection).meta("data") or SAMPLE
