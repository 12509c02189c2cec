"""`mcp-suite auth login`: ask, check, show, and only then store."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import anyio
import typer

from connector_kit import logs
from connector_kit.credentials import Access, ServiceSettings
from connector_kit.errors import NotConfigured, ServiceError, TimedOut
from connector_kit.keyring_access import is_switched_off
from connector_kit.serving.session import ServerSpec
from mcp_suite.auth import storing, wizard
from mcp_suite.auth.env_file import EnvFile
from mcp_suite.auth.guidance import guidance
from mcp_suite.errors import SuiteError
from mcp_suite.servers import Script, find, lacking, load

PATIENCE = 60.0
"""Seconds for the check."""

NOTHING = "Nothing was stored or changed."

ATTEMPTS = 3
"""How often the wizard asks: vendors lock accounts after more failures than this."""

OPTIONS = {"url": "--url", "email": "--email", "api_token": "the token on standard input"}
"""Where the settings come from on a command line, by field."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line said."""

    url: str | None = None
    email: str | None = None
    token_stdin: bool = False
    access: str | None = None
    yes: bool = False

    def read(self) -> dict[str, str]:
        """The settings that were given, by field; reads the token when it comes on standard input."""
        found = {"url": self.url or "", "email": self.email or ""}
        if self.token_stdin:
            found["api_token"] = sys.stdin.readline().strip()
        return {name: text for name, text in found.items() if text}


def run_login(service: str, wanted: Wanted) -> None:
    """Log in with an API token. Nothing is stored unless the service accepts it.

    Raises:
        SuiteError: something is missing or wrong, the service refused, or the person did not agree.
    """
    script = find(service)
    spec = load(script)
    if missing := lacking(script, spec):
        raise SuiteError(missing)
    try:
        _login(script, spec, wanted)
    except ServiceError as error:
        raise SuiteError(logs.redactor.known(str(error))) from None


def _login(script: Script, spec: ServerSpec[Any, Any], wanted: Wanted) -> None:
    asking = not wanted.token_stdin
    if asking and not wizard.is_terminal():
        flags = "--url URL --email ADDRESS --token-stdin"
        told = f"There is no terminal to ask on. In a script: mcp-suite auth login {spec.service} {flags} < FILE"
        raise SuiteError(told, status=2)
    file = EnvFile.of(spec.service)
    try:
        settings, who = _ask_and_check(spec, file, wanted) if asking else _take_and_check(spec, file, wanted)
    except ServiceError as error:
        raise SuiteError(f"{logs.redactor.known(str(error))} {NOTHING}") from None
    typer.echo(f"{spec.title}: {who}")
    _agree(settings, wanted, asking=asking)
    stored = storing.keep(spec, settings, EnvFile.of(spec.service), with_access=wanted.access is not None)
    typer.echo("\n".join(_told(script, spec, settings, file, stored)))


def _take_and_check(spec: ServerSpec[Any, Any], file: EnvFile, wanted: Wanted) -> tuple[ServiceSettings, str]:
    answers = wizard.take(spec, _known(spec, file), wanted.read(), OPTIONS)
    settings = _settings(spec, file, answers, wanted.access)
    return settings, anyio.run(_check, spec, settings)


def _ask_and_check(spec: ServerSpec[Any, Any], file: EnvFile, wanted: Wanted) -> tuple[ServiceSettings, str]:
    """Ask until the service accepts it, three times at most."""
    typer.echo(f"Log in to {spec.title} with an API token. Nothing is stored before it has been tried. Ctrl+C leaves.")
    known = _known(spec, file)
    given: dict[str, str] = {}
    for name, text in wanted.read().items():
        try:
            given[name] = wizard.checked(spec, name, text)
        except ValueError as error:
            raise SuiteError(f"{OPTIONS.get(name, name)} {error}.", status=2) from None
    for left in reversed(range(ATTEMPTS)):
        answers = wizard.ask(spec, known, given)
        settings = _settings(spec, file, answers, wanted.access)
        typer.echo("\nTrying it …")
        try:
            return settings, anyio.run(_check, spec, settings)
        except ServiceError as error:
            if not left or isinstance(error, NotConfigured):
                raise
            typer.echo(f"That did not work: {logs.redactor.known(str(error))}\n{NOTHING} Once more:")
            known, given = answers, {}
    raise AssertionError("the last attempt returns or raises")


def _known(spec: ServerSpec[Any, Any], file: EnvFile) -> dict[str, str]:
    """What the env file or the environment says already, as far as it is plausible."""
    variables = {**os.environ, **file.values}
    found: dict[str, str] = {}
    for name in storing.Names.of(spec).plain:
        try:
            found[name] = wizard.checked(spec, name, variables.get(spec.settings.variable(name), ""))
        except ValueError:
            continue
    return found


def _settings(
    spec: ServerSpec[Any, Any], file: EnvFile, answers: Mapping[str, str], access: str | None
) -> ServiceSettings:
    """The settings to try: the answers, and of the rest what the server would use. Raises NotConfigured."""
    overrides: dict[str, Any] = {**wizard.settings_of(spec, answers), "sandbox": False}
    if access is not None:
        overrides["access"] = Access(access)
    fields = spec.settings.model_fields
    if answers.get("url") != file.values.get(spec.settings.variable("url")):
        overrides |= {name: None for name in storing.OTHER_SITE if name in fields}
    settings: ServiceSettings = spec.settings.load(**overrides)
    return settings


async def _check(spec: ServerSpec[Any, Any], settings: ServiceSettings) -> str:
    """Make one harmless call; answers who and where. Raises ServiceError."""
    try:
        with anyio.fail_after(PATIENCE):
            client = await spec.connect(settings)
            try:
                return str(await client.check())
            finally:
                with anyio.CancelScope(shield=True):
                    await client.aclose()
    except TimeoutError:
        raise TimedOut(f"{spec.title} did not answer within {PATIENCE:g} s.", next_step="Try again later.") from None


def _agree(settings: ServiceSettings, wanted: Wanted, *, asking: bool) -> None:
    """Ask before a secret goes to a file. Raises SuiteError when that is not wanted."""
    if all(storing.keyring_keeps(secret) for secret in settings.secrets()):
        return
    agreed = wanted.yes or is_switched_off()
    reason = "The keyring is switched off" if is_switched_off() else "No keyring here keeps the token"
    typer.echo(f"{reason}: {storing.what_a_file_means()}")
    if agreed:
        return
    if not asking:
        raise SuiteError(f"{NOTHING} To agree to the file, add --yes.")
    if not typer.confirm("Keep it in that file?", default=False):
        raise SuiteError(NOTHING)


def _told(
    script: Script, spec: ServerSpec[Any, Any], settings: ServiceSettings, file: EnvFile, stored: storing.Stored
) -> list[str]:
    where = "the keyring" if stored.place == "keyring" else "a private file"
    access = settings.access.value
    lines = [f"Stored: the token in {where}, the rest in {file.path}."]
    if stored.dropped:
        lines.append(f"Taken out of that file, where it would go before: {', '.join(stored.dropped)}.")
    if stored.replaced:
        lines.append(
            "The token before is not used by servers that start from now on. Restart your clients, then revoke it: "
            f"{guidance(spec).revoking}"
        )
    variable: str = spec.settings.variable("access")
    wider = f"; {variable}=write in that file lets them write" if settings.access is Access.READ else ""
    lines.append(f"Tools have access: {access}{wider}.")
    lines.append(f"Check it any time: {script.name} --check")
    if stored.shadowing:
        lines.append(
            f"Attention: {', '.join(stored.shadowing)} in this shell's environment goes before what was stored. "
            f"Run: unset {' '.join(stored.shadowing)}"
        )
    return lines
