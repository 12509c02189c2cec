"""What a person does to connect a client to a server, with this machine's paths."""

from typing import Any

import typer

from connector_kit.paths import config_dir
from connector_kit.serving.session import ServerSpec
from mcp_suite import client_config
from mcp_suite.servers import Script, find, load
from mcp_suite.terminal import to_json

TOKEN_PAGES = {"jira": "https://id.atlassian.com/manage-profile/security/api-tokens"}
"""Where each service's users create a token."""


def account_steps(script: Script, spec: ServerSpec[Any, Any]) -> list[str]:
    """The three lines that connect a real account: get a token, log in with it, add the server."""
    place = TOKEN_PAGES.get(spec.service, spec.settings.guide)
    added = client_config.code_command(script, str(client_config.executable(script)), sandbox=False)
    return [
        f"Create an API token: {place}",
        f"Log in with it: uv run mcp-suite auth login {spec.service}",
        f"{added}    (Claude Desktop: mcp-suite config {spec.service} --live)",
    ]


def show_config(service: str, *, sandbox: bool, as_json: bool) -> None:
    """Print a server's entry for Claude Desktop and the command for Claude Code."""
    script = find(service)
    command = str(client_config.executable(script))
    desktop = to_json(client_config.desktop({script: command}, sandbox=sandbox))
    if as_json:
        typer.echo(desktop)
        return
    spec = load(script)
    code = client_config.code_command(script, command, sandbox=sandbox)
    steps = [
        f"Claude Code:\n\n  {code}",
        f"Claude Desktop: Settings > Developer > Edit Config, then restart it:\n\n{desktop}",
    ]
    if sandbox:
        typer.echo(f"{spec.title} on its sandbox.\n")
        last = f"For a real account: mcp-suite config {spec.service} --live"
    else:
        typer.echo(f"{spec.title} on a real account.\n")
        first, second = account_steps(script, spec)[:2]
        steps = [f"1. {first}\n2. {second}\n3. Check it: {script.name} --check", *steps]
        path = config_dir() / f".env.{spec.service}"
        last = f"Settings are kept in {path}. Tools only read until {spec.service.upper()}_ACCESS there says write."
    typer.echo("\n\n".join([*steps, last]))
