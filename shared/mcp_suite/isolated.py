"""A server's process that knows nothing of the user: own folders, own environment, own error log."""

import json
import os
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from mcp.client.stdio import get_default_environment

from mcp_suite.servers import Script

TAIL_LINES = 20


@dataclass(frozen=True, slots=True)
class Isolated:
    """How to start the process: `command`, `environment` and `folder` to start it in; it logs to `errors`."""

    command: list[str]
    environment: dict[str, str]
    folder: Path
    errors: Path

    def tail(self) -> str:
        """The last lines that the process wrote to standard error, its log records as plain text."""
        try:
            return readable(self.errors.read_text(encoding="utf-8", errors="replace"))
        except FileNotFoundError:
            return ""


def readable(log: str) -> str:
    """The last lines of what a server wrote to standard error, its records as plain text."""
    plain = "\n".join(map(_plain, log.splitlines()[-TAIL_LINES:]))
    return "\n".join(plain.splitlines()[-TAIL_LINES:])


def _plain(line: str) -> str:
    try:
        record: object = json.loads(line)
    except ValueError:
        return line
    if not isinstance(record, dict) or "message" not in record:
        return line
    entry = cast("dict[str, object]", record)
    return "\n".join(str(entry[name]).rstrip() for name in ("message", "exception") if name in entry)


def bare_environment() -> dict[str, str]:
    """What any process needs, and how this machine reaches a package index, which a sandbox may need once."""
    begins = ("UV_", "SSL_CERT_")
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
    network = {name: value for name, value in os.environ.items() if name.startswith(begins) or name.upper() in proxies}
    return {**get_default_environment(), **network}


@contextmanager
def isolated(script: Script, variables: Mapping[str, str]) -> Generator[Isolated]:
    """A temporary home for one server process, with `variables` and without the user's settings.

    The process starts in an empty folder, so that no module lying around there is imported.
    """
    with TemporaryDirectory(prefix="mcp-suite-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for part in ("config", "state", "work"):
            (folder / part).mkdir(mode=0o700)
        own = {"MCP_SUITE_ENV_DIR": str(folder / "config"), "MCP_SUITE_STATE_DIR": str(folder / "state")}
        yield Isolated(
            command=[sys.executable, "-m", script.package],
            environment={**bare_environment(), **own, **variables},
            folder=folder / "work",
            errors=folder / "stderr.log",
        )
