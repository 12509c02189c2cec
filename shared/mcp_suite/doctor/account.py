"""Which account a finding is about, and the commands for it."""

import os
from dataclasses import dataclass
from typing import Any

from connector_kit.env_files import accounts_of
from connector_kit.serving.session import ServerSpec


@dataclass(frozen=True, slots=True)
class Account:
    """An account of a service, by its name in commands; the usual one has none."""

    service: str
    name: str = ""

    @property
    def subject(self) -> str:
        """What the report calls it."""
        return f"{self.service} ({self.name})" if self.name else self.service

    @property
    def login(self) -> str:
        """The command that logs it in."""
        return f"mcp-suite auth login {self._named}"

    @property
    def doctor(self) -> str:
        """The command that examines it again."""
        return f"mcp-suite doctor {self._named}"

    @property
    def check(self) -> str:
        """The command that makes one call with it."""
        return f"{self.service}-mcp{f' --account {self.name}' if self.name else ''} --check"

    @property
    def _named(self) -> str:
        return f"{self.service} --account {self.name}" if self.name else self.service


def accounts(spec: ServerSpec[Any, Any], wanted: str | None) -> list[Account]:
    """The account of this name; else all that have an env file, with the usual one unless only others are used."""
    if wanted is not None:
        return [Account(spec.service, wanted)]
    there = accounts_of(spec.service)
    given = any(name.startswith(f"{spec.service.upper()}_") for name in os.environ)
    usual = [""] if given or not there else []
    return [Account(spec.service, name) for name in dict.fromkeys([*usual, *there])]
