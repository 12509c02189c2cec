"""What Claude Code still lacks for agents: servers that it does not start, settings that do not offer their tools."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector_kit.access import Access
from connector_kit.env_files import env_file_of
from connector_kit.errors import NotConfigured
from connector_kit.paths import config_dir
from connector_kit.serving.session import ServerSpec
from mcp_suite.agents.definitions import Agent, Needs
from mcp_suite.errors import SuiteError
from mcp_suite.install.clients import CLIENTS, Machine
from mcp_suite.install.config_file import ConfigFile
from mcp_suite.install.edit import Document
from mcp_suite.install.entries import starts
from mcp_suite.install.jsonc import JsonValue, Malformed
from mcp_suite.servers import Script, find, load

_LEVELS = tuple(level.value for level in Access)
_REFERENCE = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A server in a configuration of Claude Code."""

    path: Path
    value: dict[str, JsonValue]

    @property
    def account(self) -> str:
        args = self.value.get("args")
        words = [word for word in args if isinstance(word, str)] if isinstance(args, list) else []
        after = words[words.index("--account") + 1 :] if "--account" in words else []
        return next(iter([*after, *(word.partition("=")[2] for word in words if word.startswith("--account="))]), "")

    @property
    def environment(self) -> dict[str, str]:
        given = self.value.get("env")
        told = given.items() if isinstance(given, dict) else ()
        return {name: text for name, text in told if isinstance(text, str) and not _REFERENCE.search(text)}


def together(agents: Sequence[Agent]) -> dict[str, Needs]:
    """What several agents need of each server, by the service's name."""
    needed: dict[str, Needs] = {}
    for agent in agents:
        for service, needs in agent.needs.items():
            known = needed.get(service, Needs())
            access = max(known.access, needs.access, key=_LEVELS.index)
            needed[service] = Needs(access, known.toolsets | needs.toolsets)
    return dict(sorted(needed.items()))


def lacking(agents: Sequence[Agent], machine: Machine, project: Path) -> list[str]:
    """What is missing for all tools of the agents to be offered in a project, each with what to do."""
    try:
        entries = _entries(machine, project)
    except (SuiteError, Malformed) as error:
        return [f"Claude Code's configuration cannot be read: {error}"]
    told: list[str] = []
    absent: list[str] = []
    for service, needs in together(agents).items():
        script = find(service)
        entry = next((_Entry(path, value) for path, value in entries.get(service, ()) if starts(script, value)), None)
        if entry is None:
            absent.append(service)
        told += _settings(script, needs, entry)
    if absent:
        told.insert(
            0, f"Claude Code has no server {', '.join(absent)}: mcp-suite install claude-code {' '.join(absent)}"
        )
    return told


def _settings(script: Script, needs: Needs, entry: _Entry | None) -> list[str]:
    try:
        spec: ServerSpec[Any, Any] = load(script)
    except SuiteError as error:
        return [str(error)]
    account, given = (entry.account, entry.environment) if entry else ("", {})
    try:
        folder = given.get("MCP_SUITE_ENV_DIR") or str(config_dir())
        environ = {**given, "MCP_SUITE_ENV_DIR": folder}
        settings = spec.settings.load(account=account, environ=environ)
        file = env_file_of(script.extra, account, environ)
    except NotConfigured as error:
        return [str(error)]
    wanted: dict[str, str] = {}
    if _LEVELS.index(settings.access.value) < _LEVELS.index(needs.access):
        wanted[spec.settings.variable("access")] = needs.access
    on = frozenset[str](getattr(settings, "toolsets", ()))
    if not needs.toolsets <= on:
        wanted[spec.settings.variable("toolsets")] = ",".join(sorted(on | needs.toolsets))
    return [
        f"{name}={value} in {f'the env of {script.extra} in {entry.path}' if entry and name in given else file}"
        for name, value in wanted.items()
    ]


def _entries(machine: Machine, project: Path) -> dict[str, list[tuple[Path, dict[str, JsonValue]]]]:
    """The servers by name, what Claude Code prefers first: the user's in the project, the project's, the user's.

    Raises:
        SuiteError: a file cannot be read.
        Malformed: a file is not JSON.
    """
    client = CLIENTS["claude-code"]
    path, shared = client.locate(machine), project / ".mcp.json"
    own = Document.parse(ConfigFile.read(path).text, comments=False)
    projects = own.value.get("projects")
    here = projects.get(str(project)) if isinstance(projects, dict) else None
    local = here.get(client.section) if isinstance(here, dict) else None
    sections = [
        (path, local if isinstance(local, dict) else {}),
        (shared, Document.parse(ConfigFile.read(shared).text, comments=False).section(client.section)),
        (path, own.section(client.section)),
    ]
    found: dict[str, list[tuple[Path, dict[str, JsonValue]]]] = {}
    for where, section in sections:
        for name, value in section.items():
            if isinstance(value, dict):
                found.setdefault(name, []).append((where, value))
    return found
