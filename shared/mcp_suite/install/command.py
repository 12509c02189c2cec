"""`mcp-suite install`: servers into a client's configuration, and out again."""

import os
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

import typer

from mcp_suite import client_config
from mcp_suite.connect import env_file
from mcp_suite.errors import SuiteError
from mcp_suite.install import entries
from mcp_suite.install.clients import CLIENTS, Client, ClientName, Machine
from mcp_suite.install.config_file import ConfigFile, locked
from mcp_suite.install.edit import Document, EditFailed
from mcp_suite.install.jsonc import Malformed
from mcp_suite.servers import Script, find, lacking, load, scripts
from mcp_suite.terminal import to_json

_PASSING = ("archive-v0", "builds-v0", "environments-v2")
"""Folders of uv's cache, in which `uvx` makes environments that are gone after a clean-up."""


@dataclass(frozen=True, slots=True)
class Target:
    """A server in a client's configuration: the name of its entry, and the script that it starts."""

    name: str
    script: Script


Choice: TypeAlias = Callable[[Document], Sequence[Target]]
Change: TypeAlias = Callable[[Document, Target], entries.Edited]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the servers shall use in the client: the sandbox or a real account, and how far tools may go.

    `account` is the account's name; the usual one has none.
    """

    sandbox: bool = False
    access: client_config.AccessName | None = None
    account: str = ""

    def __str__(self) -> str:
        """A few words for the person who asked."""
        usual = "write" if self.sandbox else "as the env file says, else read"
        place = "sandbox" if self.sandbox else f"account {self.account}" if self.account else "real account"
        return f"{place}, access {self.access or usual}"


def run_install(name: ClientName, services: Sequence[str], wish: Wish, config_file: Path | None) -> None:
    """Put servers into a client's configuration; all that are ready to run, when none is named.

    Raises:
        SuiteError: a server is unknown, not ready, or its name is taken; the file cannot be changed safely.
    """
    client = CLIENTS[name]
    path = config_file or client.locate(Machine.here())
    wanted = wanted_entries(client, ready(services), wish)

    def add(document: Document, target: Target) -> entries.Edited:
        return entries.add(document, client.section, target.name, target.script, wanted[target])

    was_there = path.parent.is_dir()
    outcomes = _edit(client, path, lambda _: list(wanted), add)
    if not was_there:
        typer.echo(f"{path.parent} did not exist and was made; is {client.title} installed?", err=True)
    if entries.Outcome.ADDED in outcomes or entries.Outcome.UPDATED in outcomes:
        typer.echo(f"Servers use: {wish}")
        for entry in () if wish.sandbox else wanted.values():
            typer.echo(f"Check the account: {shlex.join([entry['command'], *entry['args'], '--check'])}")
        typer.echo(client.afterwards)


def run_uninstall(name: ClientName, services: Sequence[str], account: str, config_file: Path | None) -> None:
    """Take servers out of a client's configuration; every entry that starts one of ours, when nothing is named.

    Raises:
        SuiteError: a server is unknown; the file cannot be changed safely.
    """
    client = CLIENTS[name]
    path = config_file or client.locate(Machine.here())
    wanted = dict.fromkeys(map(find, services)) if services else scripts()
    named = [Target(client_config.entry_name(script, account), script) for script in wanted]

    def choose(document: Document) -> Sequence[Target]:
        if services or account:
            return named
        return [Target(one, script) for script in scripts() for one in entries.ours(document, client.section, script)]

    def remove(document: Document, target: Target) -> entries.Edited:
        return entries.remove(document, client.section, target.name, target.script)

    if not path.exists():
        typer.echo(f"{client.title} has no servers: {path} does not exist.")
        return
    outcomes = _edit(client, path, choose, remove)
    if not outcomes:
        typer.echo("  none of its servers is of this suite")
    if entries.Outcome.REMOVED in outcomes:
        typer.echo(client.afterwards)


def print_entries(name: ClientName, services: Sequence[str], wish: Wish, config_file: Path | None) -> None:
    """Print the JSON to paste on standard output, and where to paste it on standard error.

    Raises:
        SuiteError: a server is unknown or not ready.
    """
    client = CLIENTS[name]
    wanted = wanted_entries(client, ready(services), wish)
    typer.echo(f"For {config_file or client.locate(Machine.here())} ({wish}):", err=True)
    typer.echo(to_json({client.section: {target.name: entry for target, entry in wanted.items()}}))


def ready(services: Sequence[str]) -> list[Script]:
    """The named servers, or all that can run here.

    Raises:
        SuiteError: a named one is unknown or cannot run; or none can.
    """
    chosen = list(dict.fromkeys(find(service) for service in services))
    found: list[Script] = []
    for script in chosen or scripts():
        try:
            missing = lacking(script, load(script))
        except SuiteError as error:
            missing = str(error)
        if missing and chosen:
            raise SuiteError(missing)
        if missing:
            typer.echo(f"{script.extra} is left out: {missing}", err=True)
        else:
            found.append(script)
    if not found:
        raise SuiteError("No server is ready to run here; see: mcp-suite servers")
    return found


def wanted_entries(client: Client, chosen: Sequence[Script], wish: Wish) -> Mapping[Target, client_config.StdioServer]:
    """Each server's entry for a client, with the absolute path of its script here.

    Raises:
        SuiteError: a script is not where it should be; that is no name of an account.
    """
    if set(_PASSING) & set(Path(sys.prefix).parts):
        typer.echo(f"{sys.prefix} is temporary; install for good first: uv tool install or pipx install", err=True)
    wanted: dict[Target, client_config.StdioServer] = {}
    for script in chosen:
        command = client_config.executable(script)
        if not command.is_file():
            raise SuiteError(f"{command} does not exist; install the package again (in a checkout: uv sync).")
        file = env_file(script, wish.account)
        if wish.account and not file.exists():
            login = f"mcp-suite auth login {script.extra} --account {wish.account}"
            typer.echo(f"There is no account {wish.account} of {script.extra} yet; run: {login}", err=True)
        variables = client_config.switches(script, sandbox=wish.sandbox, access=wish.access)
        environment = {**client_config.folders(os.environ), **variables}
        wanted[Target(client_config.entry_name(script, wish.account), script)] = client_config.entry(
            str(command), environment, account=wish.account, typed=client.typed
        )
    return wanted


def _edit(client: Client, path: Path, choose: Choice, change: Change) -> list[entries.Outcome]:
    with locked(path) if client.locked else nullcontext():
        file = ConfigFile.read(path)
        try:
            document = original = Document.parse(file.text, comments=client.comments)
            outcomes: list[entries.Outcome] = []
            targets = choose(document)
            for target in targets:
                document, outcome = change(document, target)
                outcomes.append(outcome)
        except Malformed as error:
            raise SuiteError(f"{path}, {error}. Nothing was changed; correct it or use --print.") from error
        except EditFailed as error:
            raise SuiteError(f"{path} cannot be changed safely ({error}). Nothing was changed; use --print.") from error
        except SuiteError as error:
            raise SuiteError(f"{path}: {error}", status=error.status) from error
        backup = file.replace(document.text, _now()) if document is not original else None
    typer.echo(f"{client.title}: {path}")
    for target, outcome in zip(targets, outcomes, strict=True):
        typer.echo(f"  {target.name} {outcome.value}")
    if backup is not None:
        typer.echo(f"The old one is kept: {backup}")
    return outcomes


def _now() -> datetime:
    return datetime.now().astimezone()
