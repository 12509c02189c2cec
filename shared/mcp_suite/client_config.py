"""How MCP clients start a server: the entry of their configuration and Claude Code's command.

A client starts a server with a short PATH and in any directory, so it is given the script's
absolute path in the environment that installed it, which needs neither.
"""

import os
import shlex
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NotRequired, TypedDict

from mcp_suite.servers import Script

AccessName = Literal["read", "write", "delete"]

CHECKOUT = "/ABSOLUTE/PATH/TO/mcp-integration-suite"
"""Stands for the checkout in the example that is part of it."""


class StdioServer(TypedDict):
    """A server's entry: the program, its arguments and what is added to its environment."""

    type: NotRequired[str]
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


def switches(script: Script, *, sandbox: bool, access: AccessName | None) -> dict[str, str]:
    """The variables of a client's entry: none of them is a secret, and those are all.

    Without `access`, tools write in the sandbox, and on a real account do what the env file lets them.
    """
    variables = sandbox_environment(script) if sandbox else {}
    return {**variables, **({} if access is None else {f"{script.extra.upper()}_ACCESS": access})}


def folders(environ: Mapping[str, str]) -> dict[str, str]:
    """Where this user's settings and state are if they were moved: a client does not inherit the shell's variables."""
    names = ("MCP_SUITE_ENV_DIR", "MCP_SUITE_STATE_DIR")
    return {name: str(Path(environ[name]).expanduser().absolute()) for name in names if environ.get(name)}


def entry_name(script: Script, account: str = "") -> str:
    """What a server's entry is called: `jira`, and `jira-work` for the account of that name."""
    return f"{script.extra}-{account}" if account else script.extra


def entry(command: str, environment: Mapping[str, str], *, account: str = "", typed: bool = False) -> StdioServer:
    """A server's entry, for the account of that name; `typed` for clients that want the transport named."""
    args = ["--account", account] if account else []
    plain: StdioServer = {"command": command, "args": args, "env": dict(environment)}
    return {"type": "stdio", **plain} if typed else plain


def executable(script: Script) -> Path:
    """The script's absolute path in the running environment, or where the user's own installations have theirs."""
    file = f"{script.name}{'.exe' if os.name == 'nt' else ''}"
    here = Path(sysconfig.get_path("scripts")) / file
    own = Path(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user"))) / file
    return own if own.is_file() and not here.is_file() else here


def example_executable(script: Script) -> str:
    """The script's path in a checkout whose place is not known; `uv run` puts it there."""
    return f"{CHECKOUT}/.venv/bin/{script.name}"


def desktop(commands: Mapping[Script, str], *, sandbox: bool, account: str = "") -> DesktopConfig:
    """Claude Desktop's configuration for servers, each started by its command."""
    return {
        "mcpServers": {
            entry_name(script, account): entry(command, switches(script, sandbox=sandbox, access=None), account=account)
            for script, command in commands.items()
        }
    }


def code_command(script: Script, command: str, *, sandbox: bool, account: str = "") -> str:
    """The command line that adds a server to Claude Code for all of the user's projects."""
    made = entry(command, switches(script, sandbox=sandbox, access=None), account=account)
    given = [part for name, value in made["env"].items() for part in ("-e", f"{name}={value}")]
    adding = ["claude", "mcp", "add", "--scope", "user", entry_name(script, account), *given]
    return shlex.join([*adding, "--", made["command"], *made["args"]])
