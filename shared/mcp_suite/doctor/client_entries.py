"""What the user's MCP clients are told about our servers; their files are only read."""

import os
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connector_kit.env_files import env_file_of
from connector_kit.errors import NotConfigured
from connector_kit.oauth.settings import OAuthSettings
from connector_kit.paths import config_dir
from connector_kit.redaction import names_a_secret
from connector_kit.serving.session import ServerSpec
from mcp_suite import client_config
from mcp_suite.doctor.account import Account
from mcp_suite.doctor.finding import Finding, fail, ok, skip, warn
from mcp_suite.doctor.logins import Login, check_scopes
from mcp_suite.errors import SuiteError
from mcp_suite.install.clients import CLIENTS, Client, Machine
from mcp_suite.install.config_file import ConfigFile
from mcp_suite.install.edit import Document
from mcp_suite.install.entries import starts, starts_nothing
from mcp_suite.install.jsonc import JsonValue, Malformed
from mcp_suite.servers import Script

LONGEST_NAME = 64
"""Characters that models' interfaces allow in the name of a tool."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_REFERENCE = re.compile(r"\$\{[^}]*\}")

Servers = Mapping[Script, ServerSpec[Any, Any]]


@dataclass(frozen=True, slots=True)
class Launch:
    """How a client starts a server: the command with its arguments, and what it adds to the environment.

    `install` is what writes the client's entry anew.
    """

    client: Client
    script: Script
    install: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Clients:
    """What was found in all clients, and the entries that can be started."""

    findings: list[Finding]
    launches: list[Launch]


@dataclass(frozen=True, slots=True)
class _Entry:
    client: Client
    path: Path
    name: str
    value: JsonValue
    script: Script
    spec: ServerSpec[Any, Any]

    @property
    def where(self) -> str:
        return f'"{self.name}" in {self.path}'

    @property
    def account(self) -> Account:
        """The account that the server is started for."""
        args = self.value.get("args") if isinstance(self.value, dict) else None
        words = [word for word in args if isinstance(word, str)] if isinstance(args, list) else []
        after = words[words.index("--account") + 1 :] if "--account" in words else []
        given = [word.partition("=")[2] for word in words if word.startswith("--account=")]
        return Account(self.script.extra, next(iter([*after, *given]), ""))

    @property
    def usual_name(self) -> str:
        """What the entry is called by the command that writes it."""
        return client_config.entry_name(self.script, self.account.name)

    @property
    def env_file(self) -> Path:
        """Where the server's settings belong."""
        try:
            return env_file_of(self.account.service, self.account.name)
        except NotConfigured:
            return env_file_of(self.account.service)

    @property
    def install(self) -> str:
        """The command that writes the entry anew."""
        named = f" --account {shlex.quote(self.account.name)}" if self.account.name else ""
        return f"Run: mcp-suite install {self.client.name} {self.script.extra}{named}"


def check_clients(servers: Servers, machine: Machine) -> Clients:
    """Read the configuration of every client here, and look at the entries of our servers in it."""
    findings: list[Finding] = []
    launches: list[Launch] = []
    configured: set[Script] = set()
    readable = True
    for client in CLIENTS.values():
        path = client.locate(machine)
        if not path.exists():
            continue
        try:
            entries = list(_entries(client, path, servers))
        except Malformed as error:
            readable = False
            fix = f"Correct {shlex.quote(str(path))} at {error}; until then {client.title} starts no server"
            findings.append(fail(client.title, "configuration", f"{path} is malformed: {error}", fix))
            continue
        except SuiteError as error:
            readable = False
            told = str(error).removesuffix(" Nothing was changed.")
            findings.append(fail(client.title, "configuration", told, f"Save {shlex.quote(str(path))} as UTF-8 JSON"))
            continue
        for entry in entries:
            configured.add(entry.script)
            found, launch = _check(entry)
            findings += found
            launches += [launch] if launch else []
    for script in servers:
        if script not in configured and readable:
            told = f"no client on this machine starts {script.name}"
            first, *others = CLIENTS
            fix = f"Run: mcp-suite install {first} {script.extra} (or {', '.join(others)})"
            findings.append(skip("clients", "configuration", told, fix))
    return Clients(findings, launches)


def _entries(client: Client, path: Path, servers: Servers) -> Iterator[_Entry]:
    """The entries of our servers: the user's own and, in Claude Code, those of single projects."""
    document = Document.parse(ConfigFile.read(path).text, comments=client.comments)
    sections = [document.section(client.section)]
    projects = document.value.get("projects")
    for project in projects.values() if isinstance(projects, dict) else ():
        section = project.get(client.section) if isinstance(project, dict) else None
        sections += [section] if isinstance(section, dict) else []
    for section in sections:
        for name, value in section.items():
            for script, spec in servers.items():
                if starts(script, value) or (name == script.extra and starts_nothing(value)):
                    yield _Entry(client, path, name, value, script, spec)


def _check(entry: _Entry) -> tuple[list[Finding], Launch | None]:
    title = entry.client.title
    findings = [*_names(entry)]
    value = entry.value
    if not isinstance(value, dict):
        return [*findings, fail(title, "entry", f"{entry.where} is not an object", entry.install)], None
    findings += [*_secrets(entry, value), *_missing_account(entry)]
    environment, wrong = _environment(entry, value)
    findings += wrong
    command, refused = _command(entry, value)
    if refused is not None:
        return [*findings, refused], None
    if value.get("disabled") is True:
        edit = f'In {shlex.quote(str(entry.path))}, delete "disabled": true of "{entry.name}"'
        findings.append(warn(title, "entry", f"{entry.where} is switched off", edit))
    if not findings:
        findings.append(ok(title, "entry", f"{entry.where} starts {command[0]}"))
    return findings, Launch(entry.client, entry.script, entry.install, command, environment)


def _command(entry: _Entry, value: Mapping[str, JsonValue]) -> tuple[tuple[str, ...], Finding | None]:
    """The command line of an entry, or what is wrong with it."""
    title = entry.client.title
    command, args = value.get("command"), value.get("args", [])
    if not isinstance(command, str) or not isinstance(args, list) or not all(isinstance(one, str) for one in args):
        told = f"{entry.where} names no command with a list of arguments"
        return (), fail(title, "entry", told, entry.install)
    path = Path(command)
    if not path.is_absolute():
        told = f"{entry.where} starts {command}, which is no absolute path: clients have a short PATH"
        return (), fail(title, "entry", told, entry.install)
    if not path.exists():
        told = f"{entry.where} starts {command}, which does not exist: it was moved or uninstalled"
        return (), fail(title, "entry", told, entry.install)
    if not path.is_file() or not os.access(path, os.X_OK):
        told = f"{entry.where} starts {command}, which cannot be executed"
        return (), fail(title, "entry", told, f"Run: chmod +x {shlex.quote(command)}")
    return (command, *(one for one in args if isinstance(one, str))), None


def _names(entry: _Entry) -> Iterator[Finding]:
    """Names that a client, or the model behind it, does not take."""
    rename = f'In {shlex.quote(str(entry.path))}, rename "{entry.name}" to "{entry.usual_name}"'
    if not _NAME.fullmatch(entry.name):
        told = f"{entry.where}: the name may have letters, digits, _ and - only, {LONGEST_NAME} at most"
        yield fail(entry.client.title, "names", told, rename)
        return
    longest = max((f"mcp__{entry.name}__{tool.name}" for tool in entry.spec.toolset), key=len, default="")
    if len(longest) > LONGEST_NAME:
        told = f"{entry.where}: {longest} has {len(longest)} characters, more than {LONGEST_NAME}"
        yield fail(entry.client.title, "names", told, rename)


def _secrets(entry: _Entry, value: Mapping[str, JsonValue]) -> Iterator[Finding]:
    """Secrets that stand in the file, where other programs and backups see them."""
    environment, args = value.get("env"), value.get("args")
    names = [
        name
        for name, text in (environment.items() if isinstance(environment, dict) else ())
        if names_a_secret(name) and isinstance(text, str) and text.strip() and not _REFERENCE.fullmatch(text.strip())
    ]
    words = [word for word in (args if isinstance(args, list) else []) if isinstance(word, str)]
    names += [
        word.partition("=")[0] for word in words if word.startswith("-") and names_a_secret(word.partition("=")[0])
    ]
    if names:
        file = entry.env_file
        told = f"{entry.where} holds secrets: {', '.join(names)}"
        fix = (
            f"Move them to {shlex.quote(str(file))} (chmod 600), delete them from {shlex.quote(str(entry.path))}, "
            "and renew them: other programs may have read them"
        )
        yield fail(entry.client.title, "secrets", told, fix)


def _missing_account(entry: _Entry) -> Iterator[Finding]:
    """An account that the server is to use and that is not there."""
    name = entry.account.name
    if name and (entry.env_file == env_file_of(entry.account.service) or not entry.env_file.exists()):
        told = f"{entry.where} uses the account {name}, which does not exist here"
        yield fail(entry.client.title, "entry", told, f"Run: {entry.account.login}")


def _environment(entry: _Entry, value: Mapping[str, JsonValue]) -> tuple[Mapping[str, str], list[Finding]]:
    """What an entry adds to the environment, and what its server would say of it."""
    title, given = entry.client.title, value.get("env", {})
    if not isinstance(given, dict) or not all(isinstance(text, str) for text in given.values()):
        told = f'{entry.where}: "env" is not an object of texts'
        return {}, [fail(title, "entry", told, entry.install)]
    environment = {name: text for name, text in given.items() if isinstance(text, str)}
    findings: list[Finding] = []
    if entry.client.name == "claude-desktop":
        findings += _unexpanded(entry, environment)
    else:
        # These clients put values in the place of references; what comes of it is seen there only.
        environment = {name: text for name, text in environment.items() if not _REFERENCE.search(text)}
    if findings:
        return environment, findings
    findings += _other_folder(entry, environment)
    own = {name: text for name, text in environment.items() if name.startswith(f"{entry.script.extra.upper()}_")}
    try:
        nowhere = str(config_dir() / ".env.none")
        settings = entry.spec.settings.load(environ={**own, "MCP_SUITE_ENV_DIR": nowhere})
    except NotConfigured as error:
        reasons = "; ".join(f"{name} {why.removesuffix(' (in the environment)')}" for name, why in error.fields.items())
        return environment, [
            *findings,
            fail(title, "entry", f"{entry.where}: {reasons}", _edit_env(entry, error.fields)),
        ]
    findings += _scopes(entry, own)
    unknown: Sequence[str] = settings.unknown_variables()
    findings += [
        warn(title, "entry", f"{entry.where}: {hint}", _edit_env(entry, [hint.split()[0]])) for hint in unknown
    ]
    return environment, findings


def _scopes(entry: _Entry, own: Mapping[str, str]) -> Iterator[Finding]:
    """Scopes that the account's login lacks for tools that only this entry switches on."""
    wider = {entry.spec.settings.variable(name) for name in ("access", "toolsets")}
    if wider.isdisjoint(own):
        return
    try:
        settings = entry.spec.settings.load(
            account=entry.account.name, environ={**own, "MCP_SUITE_ENV_DIR": str(config_dir())}
        )
    except NotConfigured:
        return  # the account's own check tells why
    if isinstance(settings, OAuthSettings) and settings.login == "oauth" and not settings.sandbox:
        for found in check_scopes(Login(entry.spec, settings, entry.account)):
            yield fail(entry.client.title, "scopes", f"{entry.where}: {found.told}", found.fix)


def _unexpanded(entry: _Entry, environment: Mapping[str, str]) -> Iterator[Finding]:
    names = [name for name, text in environment.items() if _REFERENCE.search(text)]
    if names:
        told = f"{entry.where} has ${{…}} in {', '.join(names)}, which {entry.client.title} passes on as it is"
        file = entry.env_file
        fix = f'Delete {", ".join(names)} from "env" there, and write the value into {shlex.quote(str(file))}'
        yield fail(entry.client.title, "entry", told, fix)


def _other_folder(entry: _Entry, environment: Mapping[str, str]) -> Iterator[Finding]:
    """An env file or a state that the client's server looks for elsewhere than this terminal does."""
    here = client_config.folders(os.environ)
    for name in ("MCP_SUITE_ENV_DIR", "MCP_SUITE_STATE_DIR"):
        there = environment.get(name, "")
        if here.get(name, "") != (str(Path(there).expanduser()) if there else ""):
            usual = "the usual folder"
            told = f"{entry.where} has {name} at {there or usual}, this terminal at {here.get(name) or usual}"
            yield warn(entry.client.title, "entry", told, entry.install)


def _edit_env(entry: _Entry, names: Iterator[str] | Sequence[str] | Mapping[str, str]) -> str:
    return f'In {shlex.quote(str(entry.path))}, "{entry.name}" > "env": correct or delete {", ".join(names)}'
