"""The MCP clients that servers are put into: where each keeps its configuration, and in what form."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ClientName = Literal["claude-desktop", "claude-code", "cursor", "vscode"]


@dataclass(frozen=True, slots=True)
class Machine:
    """What decides where a client keeps its files: `platform` as in sys.platform, variables, home folder."""

    platform: str
    environ: Mapping[str, str]
    home: Path

    @classmethod
    def here(cls) -> "Machine":
        """This machine and user."""
        return cls(sys.platform, os.environ, Path.home())

    def application_data(self) -> Path:
        """The folder in which desktop applications keep their settings."""
        if self.platform == "darwin":
            return self.home / "Library" / "Application Support"
        if self.platform == "win32":
            return Path(self.environ.get("APPDATA") or self.home / "AppData" / "Roaming")
        return Path(self.environ.get("XDG_CONFIG_HOME") or self.home / ".config")


@dataclass(frozen=True, slots=True)
class Client:
    """A client's configuration of the user: the file, and the form of what it says about servers."""

    name: ClientName
    title: str
    locate: Callable[[Machine], Path]
    afterwards: str
    section: str = "mcpServers"
    typed: bool = False
    """Whether an entry says `"type": "stdio"`."""
    comments: bool = False
    """Whether the client reads comments and trailing commas in the file."""
    locked: bool = False
    """Whether the client holds a lock while it writes the file: the folder `<file>.lock`."""


def _claude_desktop(machine: Machine) -> Path:
    usual = machine.application_data() / "Claude" / "claude_desktop_config.json"
    if machine.platform != "win32":
        return usual
    # Windows gives an application that was installed as an MSIX package a folder of its own in the place of %APPDATA%.
    local = Path(machine.environ.get("LOCALAPPDATA") or machine.home / "AppData" / "Local")
    roaming = sorted(local.glob("Packages/Claude_*/LocalCache/Roaming"))
    packaged = [folder / "Claude" / usual.name for folder in roaming]
    return next((path for path in packaged if path.is_file()), next(iter(packaged), usual))


def _claude_code(machine: Machine) -> Path:
    chosen = machine.environ.get("CLAUDE_CONFIG_DIR", "")
    path = (Path(chosen) if chosen else machine.home) / ".claude.json"
    # An older place, which Claude Code goes on using where it has something there.
    older = (Path(chosen) if chosen else machine.home / ".claude") / ".config.json"
    return older if older.is_file() and (older.stat().st_size > 0 or not path.exists()) else path


def _cursor(machine: Machine) -> Path:
    return machine.home / ".cursor" / "mcp.json"


def _vscode(machine: Machine) -> Path:
    return machine.application_data() / "Code" / "User" / "mcp.json"


CLIENTS: Mapping[ClientName, Client] = {
    client.name: client
    for client in (
        Client("claude-desktop", "Claude Desktop", _claude_desktop, "Quit Claude Desktop and start it again."),
        Client(
            "claude-code",
            "Claude Code",
            _claude_code,
            "Start claude anew; see: claude mcp list",
            typed=True,
            locked=True,
        ),
        Client("cursor", "Cursor", _cursor, "Switch it on in Cursor: Settings > MCP.", comments=True),
        Client(
            "vscode",
            "VS Code",
            _vscode,
            "Start it in VS Code: MCP: List Servers.",
            section="servers",
            typed=True,
            comments=True,
        ),
    )
}
