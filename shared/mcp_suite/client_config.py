"""How MCP clients start a server: Claude Desktop's configuration and Claude Code's command.

A client starts a server with a short PATH and in any directory, so it is given the script's
absolute path in the environment that installed it, which needs neither.
"""

import os
import shlex
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

from mcp_suite.servers import Script

CHECKOUT = "/ABSOLUTE/PATH/TO/mcp-integration-suite"
"""Stands for the checkout in the example that is part of it."""


class StdioServer(TypedDict):
    """An entry of `mcpServers`: the program, its arguments and what is added to its environment."""

    command: str
    args: list[str]
    env: dict[str, str]


class DesktopConfig(TypedDict):
    """The part of `claude_desktop_config.json` that concerns servers."""

    mcpServers: dict[str, StdioServer]


def sandbox_environment(script: Script) -> dict[str, str]:
    """Variables that make a server use its sandbox, where writing harms nobody."""
    prefix = script.extra.upper()
    return {f"{prefix}_SANDBOX": "1", f"{prefix}_ACCESS": "write"}


def executable(script: Script) -> Path:
    """The script's absolute path in the running environment."""
    suffix = ".exe" if os.name == "nt" else ""
    return Path(sysconfig.get_path("scripts")) / f"{script.name}{suffix}"


def example_executable(script: Script) -> str:
    """The script's path in a checkout whose place is not known; `uv run` puts it there."""
    return f"{CHECKOUT}/.venv/bin/{script.name}"


def desktop(commands: Mapping[Script, str], *, sandbox: bool) -> DesktopConfig:
    """Claude Desktop's configuration for servers, each started by its command."""
    return {
        "mcpServers": {
            script.extra: {
                "command": command,
                "args": [],
                "env": sandbox_environment(script) if sandbox else {},
            }
            for script, command in commands.items()
        }
    }


def code_command(script: Script, command: str, *, sandbox: bool) -> str:
    """The command line that adds a server to Claude Code for all of the user's projects."""
    variables = sandbox_environment(script) if sandbox else {}
    given = [part for name, value in variables.items() for part in ("-e", f"{name}={value}")]
    return shlex.join(["claude", "mcp", "add", "--scope", "user", script.extra, *given, "--", command])
