"""All checks, side by side and within a time limit."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePath
from typing import Any

import anyio
from mcp.client.stdio import get_default_environment

from connector_kit.errors import NotConfigured
from connector_kit.oauth.settings import OAuthSettings
from connector_kit.paths import config_dir, state_dir
from connector_kit.serving.session import ServerSpec
from mcp_suite.auth.guidance import way_of
from mcp_suite.doctor.account import Account, accounts
from mcp_suite.doctor.client_entries import Launch, check_clients
from mcp_suite.doctor.credential import addresses_of, check_credential
from mcp_suite.doctor.finding import Finding, State, by_urgency, fail, skip
from mcp_suite.doctor.logins import Login, check_login
from mcp_suite.doctor.network import Way, check_way
from mcp_suite.doctor.patience import in_thread
from mcp_suite.doctor.requirements import MACHINE, check_versions, install_command, locked_versions
from mcp_suite.doctor.settings import check_access, check_settings
from mcp_suite.doctor.sites import check_further_sites
from mcp_suite.doctor.start import Server, check_start, own_server
from mcp_suite.doctor.storage import check_keyring, check_sandbox, check_state
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


async def examine(
    scripts: Sequence[Script],
    *,
    expected: bool,
    offline: bool,
    account: str | None = None,
    limit: float = LIMIT,
) -> list[Finding]:
    """Examine this machine and these servers, the most urgent finding first.

    `expected`: the user asked for these servers by name. `offline`: nothing leaves this machine. `account`: look at
    this one only, instead of all that there are. What is not done after `limit` seconds is told.

    Raises:
        NotConfigured: that is no name of an account.
    """
    return await run_sections(_sections(scripts, account, expected=expected, offline=offline), limit)


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


def _sections(scripts: Sequence[Script], account: str | None, *, expected: bool, offline: bool) -> list[Section]:
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
        if missing := lacking(script, spec):
            fix = install_command(script.extra, checkout=bool(locked_versions()))
            made.append(Section(spec.service, "packages", partial(_tell, fail(spec.service, "packages", missing, fix))))
            continue
        made.append(Section(spec.service, "sandbox", partial(_sandbox, spec)))
        made += [
            Section(one.subject, "account", partial(_account, spec, one, expected, offline))
            for one in accounts(spec, account)
        ]
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


async def _sandbox(spec: AnySpec, section: Section) -> None:
    section.findings.append(await in_thread(lambda: check_sandbox(spec.service)))


async def _account(spec: AnySpec, account: Account, expected: bool, offline: bool, section: Section) -> None:
    """An account: its settings, its login, the way to the service, and whether that lets it in."""
    configured = await in_thread(lambda: check_settings(spec, account, expected=expected))
    section.findings += configured.findings
    settings = configured.settings
    if settings is None:
        section.findings.append(skip(account.subject, "credential", "not tried before the settings are right"))
        return
    section.findings.append(check_access(spec, settings, account))
    unused = any(found.check == "settings" and found.state is State.SKIP for found in configured.findings)
    if settings.sandbox or unused:
        return
    free, ways = False, list[Way]()
    if not offline:
        ways = [await check_way(address) for address in addresses_of(spec, settings, configured.origins)]
        section.findings += dict.fromkeys(found for way in ways for found in way.findings)
        free = all(way.status is not None for way in ways)
    if not configured.complete:
        return
    if isinstance(settings, OAuthSettings) and settings.login == "oauth":
        section.findings += await check_login(Login(spec, settings, account, renewing=free))
        if any(found.check == "login" and found.state is State.FAIL for found in section.findings):
            section.findings.append(skip(account.subject, "credential", "not tried before the login works"))
            return
    if offline:
        section.findings.append(skip(account.subject, "credential", "not tried (--offline)"))
    elif way_of(spec, settings).interactive:
        told = "not tried: signing in opens your browser"
        section.findings.append(skip(account.subject, "credential", told, f"Run: {account.check}"))
    elif not free:
        section.findings.append(skip(account.subject, "credential", "not tried: there is no way to the service"))
    else:
        way = ways[0] if ways else Way([])  # of a service that is found by other settings than ours
        section.findings += await check_credential(spec, settings, configured.origins, way)
    if not offline and not way_of(spec, settings).interactive:
        section.findings += await check_further_sites(spec, settings, configured.origins)


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
        environment = {**get_default_environment(), **launch.env}
        server = Server(launch.client.title, launch.script.name, launch.command, environment, launch.install, version)
        ways.setdefault((launch.command, *sorted(launch.env.items())), server)
    checkout = bool(locked_versions())
    for script in specs:
        if script not in started:
            reinstall = install_command(script.extra, checkout=checkout)
            ways[script,] = own_server(script, version, reinstall)
    return list(ways.values())


def _starts_it(launch: Launch) -> bool:
    name = PurePath(launch.command[0]).name.lower()
    return name.removesuffix(".exe") == launch.script.name or re.fullmatch(r"python[\d.]*(\.exe)?", name) is not None
