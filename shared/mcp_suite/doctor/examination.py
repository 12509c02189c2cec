"""All checks, side by side and within a time limit."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePath
from typing import Any

import anyio
from mcp.client.stdio import get_default_environment
from pydantic import SecretStr

from connector_kit.credentials import ServiceSettings
from connector_kit.errors import NotConfigured
from connector_kit.logs import redactor
from connector_kit.oauth.manager import OAuthManager
from connector_kit.oauth.profiles import OAuthClient, OAuthProfile
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import CredentialId, Vault
from connector_kit.paths import config_dir, state_dir
from connector_kit.serving.session import ServerSpec
from mcp_suite.doctor.client_entries import Launch, check_clients
from mcp_suite.doctor.credential import address_of, check_credential
from mcp_suite.doctor.finding import Finding, by_urgency, fail, skip
from mcp_suite.doctor.logins import Logins, check_logins, profile_of
from mcp_suite.doctor.network import check_way
from mcp_suite.doctor.patience import in_thread
from mcp_suite.doctor.requirements import MACHINE, check_versions, install_command, locked_versions
from mcp_suite.doctor.settings import Configured, check_access, check_settings
from mcp_suite.doctor.start import Server, check_start, own_server
from mcp_suite.doctor.storage import check_keyring, check_sandbox, check_state
from mcp_suite.doctor.variables import Origins
from mcp_suite.errors import SuiteError
from mcp_suite.install.clients import Machine
from mcp_suite.servers import Script, installed, lacking, load

LIMIT = 30.0
"""Seconds for everything."""
_STARTS_AT_ONCE = 2

AnySpec = ServerSpec[Any, Any]


@dataclass(slots=True)
class Section:
    """The checks of one subject, one after the other; what was found stays if time runs out."""

    subject: str
    check: str
    run: Callable[["Section"], Awaitable[None]]
    findings: list[Finding] = field(default_factory=list[Finding])
    is_done: bool = False

    async def examine(self) -> None:
        """Run the checks. A fault of the doctor's own becomes a finding as well."""
        try:
            await self.run(self)
        except Exception as error:  # noqa: BLE001 - one broken check must not hide what the others found
            told = f"this check itself failed ({type(error).__name__}); the others were made"
            self.findings.append(
                fail(self.subject, self.check, told, "Report it with the output of: mcp-suite doctor --json")
            )
        self.is_done = True


async def examine(scripts: Sequence[Script], *, expected: bool, offline: bool, limit: float = LIMIT) -> list[Finding]:
    """Examine this machine and these servers, the most urgent finding first.

    `expected`: the user asked for these servers by name. `offline`: nothing leaves this machine. What is not done
    after `limit` seconds is told.
    """
    sections = _sections(scripts, expected=expected, offline=offline)
    return await run_sections(sections, limit)


async def run_sections(sections: Sequence[Section], limit: float) -> list[Finding]:
    """Run sections side by side for `limit` seconds at most."""
    with anyio.move_on_after(limit):
        async with anyio.create_task_group() as tasks:
            for section in sections:
                tasks.start_soon(section.examine)
    late = [
        fail(section.subject, section.check, f"not finished after {limit:g} s", "Run again: mcp-suite doctor")
        for section in sections
        if not section.is_done
    ]
    return by_urgency([*late, *(found for section in sections for found in section.findings)])


def _sections(scripts: Sequence[Script], *, expected: bool, offline: bool) -> list[Section]:
    async def versions(section: Section) -> None:
        extras = [script.extra for script in scripts]
        section.findings += await in_thread(lambda: check_versions(installed(), extras))

    made = [Section(MACHINE, "packages", versions)]
    if wrong := _folders():
        return [*made, Section(MACHINE, "folders", partial(_tell, wrong))]
    specs: dict[Script, AnySpec] = {}
    for script in scripts:
        try:
            specs[script] = load(script)
        except SuiteError as error:
            fix = install_command(script.extra, checkout=bool(locked_versions()))
            made.append(
                Section(script.extra, "packages", partial(_tell, fail(script.extra, "packages", str(error), fix)))
            )

    async def storage(section: Section) -> None:
        section.findings += await in_thread(check_state)
        section.findings.append(await in_thread(check_keyring))

    for script, spec in specs.items():
        made.append(Section(spec.service, "account", partial(_service, script, spec, expected, offline)))
    return [*made, Section(MACHINE, "storage", storage), Section("clients", "start", partial(_clients, specs))]


async def _tell(finding: Finding, section: Section) -> None:
    section.findings.append(finding)


def _folders() -> Finding | None:
    """What is wrong with the folders that variables name."""
    try:
        config_dir()
        state_dir()
    except NotConfigured as error:
        variable = str(error).split()[0]
        return fail(
            MACHINE, "folders", error.message, f"Run: export {variable}=/an/absolute/path (or: unset {variable})"
        )
    return None


async def _service(script: Script, spec: AnySpec, expected: bool, offline: bool, section: Section) -> None:
    """A service: its packages, settings, logins, and the way to it."""
    service = spec.service
    if missing := lacking(script, spec):
        fix = install_command(script.extra, checkout=bool(locked_versions()))
        section.findings.append(fail(service, "packages", missing, fix))
        return
    configured = await in_thread(lambda: check_settings(spec, expected=expected))
    section.findings += configured.findings
    section.findings.append(await in_thread(lambda: check_sandbox(service)))
    settings = configured.settings
    if settings is None:
        section.findings.append(skip(service, "credential", "not tried before the settings are right"))
        return
    section.findings.append(check_access(spec, settings))
    if settings.sandbox:
        return
    section.findings += await check_logins(_logins(spec, settings, configured.origins, offline=offline))
    if offline:
        section.findings.append(skip(service, "credential", "not tried (--offline)"))
        return
    section.findings += await _account(spec, configured, settings)


async def _account(spec: AnySpec, configured: Configured, settings: ServiceSettings) -> list[Finding]:
    """The way to a service and, where it is free and the settings suffice, the credential."""
    address = address_of(spec, settings, configured.origins)
    if address is None:
        return []
    way = await check_way(address)
    if not configured.complete:
        return way.findings
    if way.status is None:
        return [*way.findings, skip(spec.service, "credential", "not tried: there is no way to the service")]
    return [*way.findings, await check_credential(spec, settings, configured.origins, way)]


def _logins(spec: AnySpec, settings: ServiceSettings, origins: Origins, *, offline: bool) -> Logins:
    vault = Vault.default()

    async def renew(profile: OAuthProfile, credential: CredentialId) -> TokenSet:
        manager = OAuthManager(profile, client_of(profile, origins.merged()), credential, vault)
        await manager.access_token()
        return await manager.tokens() or TokenSet()

    return Logins(spec.service, profile_of(spec.service), settings.access, vault, None if offline else renew)


def client_of(profile: OAuthProfile, variables: Mapping[str, str]) -> OAuthClient:
    """The user's app at a vendor, from `<SERVICE>_CLIENT_ID` and the like."""
    client_id, secret, redirect_uri = (
        variables.get(profile.variable(name), "").strip() for name in ("client_id", "client_secret", "redirect_uri")
    )
    redactor.add(secret)
    return OAuthClient(client_id, SecretStr(secret) if secret else None, redirect_uri)


async def _clients(specs: Mapping[Script, AnySpec], section: Section) -> None:
    """What clients are told, then a real start of each server as they start it."""
    found = await in_thread(lambda: check_clients(specs, Machine.here()))
    section.findings += found.findings
    limiter = anyio.CapacityLimiter(_STARTS_AT_ONCE)

    async def begin(server: Server) -> None:
        async with limiter:
            section.findings += await check_start(server)

    async with anyio.create_task_group() as tasks:
        for server in _to_start(specs, found.launches):
            tasks.start_soon(begin, server)


def _to_start(specs: Mapping[Script, AnySpec], launches: Sequence[Launch]) -> list[Server]:
    """Each way in which clients start our servers, once; a server that no client starts, from here."""
    version = installed().version
    ways: dict[tuple[object, ...], Server] = {}
    started: set[Script] = set()
    for launch in launches:
        # uv and the like may fetch and install things; that is not a doctor's to do.
        if not _starts_it(launch):
            continue
        started.add(launch.script)
        reinstall = f"Run: mcp-suite install {launch.client.name} {launch.script.extra}"
        environment = {**get_default_environment(), **launch.env}
        server = Server(launch.client.title, launch.command, environment, reinstall, version)
        ways.setdefault((launch.command, *sorted(launch.env.items())), server)
    checkout = bool(locked_versions())
    for script in specs:
        if script not in started:
            reinstall = install_command(script.extra, checkout=checkout)
            ways[script,] = own_server(script.extra, script.package, version, reinstall)
    return list(ways.values())


def _starts_it(launch: Launch) -> bool:
    name = PurePath(launch.command[0]).name.lower()
    return name.removesuffix(".exe") == launch.script.name or re.fullmatch(r"python[\d.]*(\.exe)?", name) is not None
