"""A keyring in memory, with the faults that real ones have."""

from __future__ import annotations

import threading


class MemoryKeyring:
    """Stands in for a keyring backend; `kept` is what it holds.

    `forgetful` makes it drop what it is given in silence, `fault` is raised by each call, and `blocked` keeps
    each call waiting, like a prompt that nobody sees, until it is set.
    """

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.forgetful = False
        self.fault: BaseException | None = None
        self.blocked: threading.Event | None = None

    def get_password(self, service: str, username: str) -> str | None:
        """The stored secret, or None."""
        self._answer()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a secret, or pretend to."""
        self._answer()
        if not self.forgetful:
            self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Remove a secret."""
        self._answer()
        del self.kept[service, username]

    def _answer(self) -> None:
        if self.blocked is not None:
            self.blocked.wait(20)
        if self.fault is not None:
            raise self.fault
