"""What a person does to connect a client to a server, with this machine's paths."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from connector_kit.env_files import env_file_of
from connector_kit.errors import NotConfigured
from connector_kit.serving.session import ServerSpec
from mcp_suite import client_config
from mcp_suite.auth.guidance import guidance
from mcp_suite.errors import SuiteError
from mcp_suite.servers import Script, find, load, scripts
from mcp_suite.terminal import to_json


def account_steps(script: Script, spec: ServerSpec[Any, Any]) -> list[str]:
    """The three lines that connect a real account: get a token, log in with it, add the server."""
    way = guidance(spec).first
    added = client_config.code_command(script, str(client_config.executable(script)), sandbox=False)
    return [
        f"Create {article(way.name)} {way.name}: {way.page}",
        f"Log in with it: uv run mcp-suite auth login {spec.service}",
        f"{added}    (Claude Desktop: mcp-suite config {spec.service} --live)",
    ]


def article(noun: str) -> str:
    """The indefinite article of a noun phrase, by its first letter."""
    return "an" if noun[:1].lower() in "aeiou" else "a"


def show_config(services: Sequence[str], account: str = "", *, sandbox: bool, as_json: bool) -> None:
    """Print the entries of these servers, by default of all, for Claude Desktop and the commands for Claude Code.

    Raises:
        SuiteError: there is no such server, or that is no name of an account; or one was named for the sandbox, or
            for several servers.
    """
    chosen = [find(service) for service in dict.fromkeys(services)] or scripts()
    if account and sandbox:
        raise SuiteError("--account goes with --live.", status=2)
    if account and len(chosen) > 1:
        raise SuiteError("--account goes with one server: name it.", status=2)
    files = {script: env_file(script, account) for script in chosen}
    commands = {script: str(client_config.executable(script)) for script in chosen}
    desktop = to_json(client_config.desktop(commands, sandbox=sandbox, account=account))
    if as_json:
        typer.echo(desktop)
        return
    specs = {script: load(script) for script in chosen}
    added = [
        client_config.code_command(script, command, sandbox=sandbox, account=account)
        for script, command in commands.items()
    ]
    steps = [
        "Claude Code:\n\n" + "\n".join(f"  {command}" for command in added),
        f"Claude Desktop: Settings > Developer > Edit Config, then restart it:\n\n{desktop}",
    ]
    *most, last = [spec.title for spec in specs.values()]
    titles = f"{', '.join(most)} and {last}" if most else last
    if sandbox:
        typer.echo(f"{titles} on {'its sandbox' if len(chosen) == 1 else 'their sandboxes'}.\n")
        own = " ".join(services)
        last = [f"For a real account: mcp-suite config {f'{own} ' if own else ''}--live"]
    else:
        named = f" --account {account}" if account else ""
        typer.echo(f"{titles} on {f'the account {account}' if account else 'a real account'}.\n")
        steps = [*(_account(script, spec, named) for script, spec in specs.items()), *steps]
        last = [
            f"Settings are kept in {path}. Tools only read until {script.extra.upper()}_ACCESS there says write."
            for script, path in files.items()
        ]
    typer.echo("\n\n".join([*steps, "\n".join(last)]))


def _account(script: Script, spec: ServerSpec[Any, Any], named: str) -> str:
    first, second = account_steps(script, spec)[:2]
    return f"1. {first}\n2. {second}{named}\n3. Check it: {script.name}{named} --check"


def env_file(script: Script, account: str) -> Path:
    """Where the settings of an account are kept; that of the usual one, when none is named.

    Raises:
        SuiteError: that is no name of an account.
    """
    try:
        return env_file_of(script.extra, account)
    except NotConfigured as error:
        raise SuiteError(str(error), status=2) from error
