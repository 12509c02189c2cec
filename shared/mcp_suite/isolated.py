"""A server's process that knows nothing of the user: own folders, own environment, own error log."""

import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

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
        """The last lines that the process wrote to standard error."""
        try:
            lines = self.errors.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return ""
        return "\n".join(lines[-TAIL_LINES:])


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
            environment={**get_default_environment(), **own, **variables},
            folder=folder / "work",
            errors=folder / "stderr.log",
        )
