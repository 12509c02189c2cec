"""What a person does to connect a client to a server, with this machine's paths."""

from pathlib import Path
from typing import Any

import typer

from connector_kit.env_files import env_file_of
from connector_kit.errors import NotConfigured
from connector_kit.serving.session import ServerSpec
from mcp_suite import client_config
from mcp_suite.auth.guidance import guidance
from mcp_suite.errors import SuiteError
from mcp_suite.servers import Script, find, load
from mcp_suite.terminal import to_json


def account_steps(script: Script, spec: ServerSpec[Any, Any]) -> list[str]:
    """The three lines that connect a real account: get a token, log in with it, add the server."""
    told = guidance(spec)
    added = client_config.code_command(script, str(client_config.executable(script)), sandbox=False)
    return [
        f"Create {article(told.token)} {told.token}: {told.token_page}",
        f"Log in with it: uv run mcp-suite auth login {spec.service}",
        f"{added}    (Claude Desktop: mcp-suite config {spec.service} --live)",
    ]


def article(noun: str) -> str:
    """The indefinite article of a noun phrase, by its first letter."""
    return "an" if noun[:1].lower() in "aeiou" else "a"


def show_config(service: str, account: str = "", *, sandbox: bool, as_json: bool) -> None:
    """Print a server's entry for Claude Desktop and the command for Claude Code.

    Raises:
        SuiteError: there is no such server, or that is no name of an account; or one was named for the sandbox.
    """
    script = find(service)
    if account and sandbox:
        raise SuiteError("--account goes with --live.", status=2)
    path = env_file(script, account)
    command = str(client_config.executable(script))
    desktop = to_json(client_config.desktop({script: command}, sandbox=sandbox, account=account))
    if as_json:
        typer.echo(desktop)
        return
    spec = load(script)
    code = client_config.code_command(script, command, sandbox=sandbox, account=account)
    steps = [
        f"Claude Code:\n\n  {code}",
        f"Claude Desktop: Settings > Developer > Edit Config, then restart it:\n\n{desktop}",
    ]
    if sandbox:
        typer.echo(f"{spec.title} on its sandbox.\n")
        last = f"For a real account: mcp-suite config {spec.service} --live"
    else:
        named = f" --account {account}" if account else ""
        typer.echo(f"{spec.title} on {f'the account {account}' if account else 'a real account'}.\n")
        first, second = account_steps(script, spec)[:2]
        steps = [f"1. {first}\n2. {second}{named}\n3. Check it: {script.name}{named} --check", *steps]
        last = f"Settings are kept in {path}. Tools only read until {spec.service.upper()}_ACCESS there says write."
    typer.echo("\n\n".join([*steps, last]))


def env_file(script: Script, account: str) -> Path:
    """Where the settings of an account are kept; that of the usual one, when none is named.

    Raises:
        SuiteError: that is no name of an account.
    """
    try:
        return env_file_of(script.extra, account)
    except NotConfigured as error:
        raise SuiteError(str(error), status=2) from error
