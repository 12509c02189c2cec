"""The memory of a site, whose search knows a change somewhat late."""

from __future__ import annotations

import secrets
from abc import abstractmethod
from pathlib import Path

from sandbox_kit.database import SessionT
from sandbox_kit.sample_database import SampleDatabase


class SiteStore(SampleDatabase[SessionT]):
    """The SQLite file behind the sandbox, whose search notices changes `search_lag` seconds late."""

    def __init__(self, path: Path, search_lag: float = 0.0, *, data: str | None = None) -> None:
        super().__init__(path, data)
        self.search_lag = search_lag

    @abstractmethod
    def write_sample(self, session: SessionT, data: str) -> None:
        """Write what the product keeps into the tables, which are new."""

    def seed(self, session: SessionT, data: str) -> None:
        """Write the data, and what is different in every file."""
        session.set_meta("generation", secrets.token_hex(8))
        session.set_meta("token_secret", secrets.token_hex(32))
        self.write_sample(session, data)
