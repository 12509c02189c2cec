"""One attempt to log in to one account: what is there already, and the settings to try."""

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, runtime_checkable

import anyio

from connector_kit.access import Access
from connector_kit.credentials import ServiceSettings
from connector_kit.errors import NotConfigured, ServiceError, TimedOut
from connector_kit.private_files import write_private
from connector_kit.serving.session import ServerSpec
from mcp_suite.auth import wizard
from mcp_suite.auth.env_file import EnvFile
from mcp_suite.auth.guidance import guidance, way_of
from mcp_suite.auth.names import SITE, Names
from mcp_suite.auth.wanted import Wanted
from mcp_suite.documents.environment import default_text
from mcp_suite.servers import Script

PATIENCE = 60.0
PATIENCE_WITH_A_PERSON = 180.0
"""Seconds for the check."""

NOTHING = "Nothing was stored or changed."

ATTEMPTS = 3
"""How often the wizard asks: vendors lock accounts after more failures than this."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt; `asking` when a person answers. `file` is the account's env file as it was found."""

    script: Script
    spec: ServerSpec[Any, Any]
    file: EnvFile
    wanted: Wanted
    asking: bool

    @property
    def account(self) -> str:
        """The account's name; empty for the usual one."""
        return self.wanted.account

    @property
    def command(self) -> str:
        """The command that logs this account in."""
        return login_command(self.spec.service, self.account)

    def load(self, **overrides: Any) -> Any:
        """The settings as this account's server would read them, but for `overrides` by field.

        Raises NotConfigured, also for a file with variables that are wrong.
        """
        fields = self.spec.settings.model_fields
        given = {name: value for name, value in overrides.items() if name in fields}
        with _existing(self.file.path, self.account) as path:
            return self.spec.settings.load(account=self.account, env_file=path, **given)

    def settings(self, way: str, **chosen: Any) -> Any:
        """The settings to try: those `chosen`, none of another way of signing in, the rest as `load`."""
        cleared = dict.fromkeys(Names.of(self.spec, way).others)
        overrides = {**cleared, **chosen, **guidance(self.spec).ways[way].sets, "sandbox": False}
        if self.wanted.access is not None:
            overrides["access"] = Access(self.wanted.access)
        return self.load(**overrides)

    def before(self) -> ServiceSettings | None:
        """The settings up to now, secrets included; None if they cannot be read."""
        try:
            settings: ServiceSettings = self.load(sandbox=False)
            settings.resolve_secrets()
        except NotConfigured:
            return None
        return settings

    def known(self, names: Iterable[str]) -> dict[str, str]:
        """What the env file or the environment says already, as far as it is plausible, else the default."""
        fields = self.spec.settings.model_fields
        variables = {**self.spec.settings.environment(self.account), **self.file.values}
        found: dict[str, str] = {}
        for name in fields.keys() & set(names):
            other = variables.get(self.spec.settings.variable("cloud_url"), "") if name == SITE else ""
            try:
                text = variables.get(self.spec.settings.variable(name), "") or other or default_text(fields[name])
                found[name] = wizard.checked(self.spec, name, text)
            except ValueError:
                continue
        return found


@runtime_checkable
class Finding(Protocol):
    """A client that finds out settings by itself, which are worth keeping."""

    def found_settings(self) -> Mapping[str, str]:
        """The settings, by field."""
        ...


@dataclass(frozen=True, slots=True)
class Checked:
    """What the harmless call said: who and where, and settings that the client found out on the way.

    `elsewhere` says in a sentence each what further sites of the same login said, or why they did not.
    """

    who: str
    found: Mapping[str, str]
    elsewhere: tuple[str, ...] = ()


async def check(spec: ServerSpec[Any, Any], settings: ServiceSettings) -> Checked:
    """Make one harmless call, and one on each further site: what these say does not stand in the login's way.

    Raises ServiceError.
    """
    checked = await _check_one(spec, settings)
    elsewhere: list[str] = []
    for name, address in list(settings.addresses.items())[1:]:
        try:
            elsewhere.append(f"Also at {name}: {(await _check_one(spec, settings.by_site()[name])).who}")
        except ServiceError as error:
            elsewhere.append(f"Attention: the site {name} ({address}) does not work yet. {error}")
    return replace(checked, elsewhere=tuple(elsewhere))


async def _check_one(spec: ServerSpec[Any, Any], settings: ServiceSettings) -> Checked:
    """Make one harmless call on the usual site. Raises ServiceError."""
    patience = PATIENCE_WITH_A_PERSON if way_of(spec, settings).interactive else PATIENCE
    try:
        with anyio.fail_after(patience):
            client: Any = await spec.connect(settings)
            try:
                who = str(await client.check())
                finding: object = client
                return Checked(who, dict(finding.found_settings()) if isinstance(finding, Finding) else {})
            finally:
                with anyio.CancelScope(shield=True):
                    await client.aclose()
    except TimeoutError:
        raise TimedOut(f"{spec.title} did not answer within {patience:g} s.", next_step="Try again later.") from None


def login_command(service: str, account: str = "") -> str:
    """The command that logs an account in."""
    return f"mcp-suite auth login {service}" + (f" --account {account}" if account else "")


@contextmanager
def _existing(path: Path, account: str) -> Generator[Path | None]:
    """The env file to read: None for the usual one, an empty one for an account that has none yet."""
    if not account:
        yield None
    elif path.exists():
        yield path
    else:
        with TemporaryDirectory() as folder:
            empty = Path(folder) / path.name
            write_private(empty, b"")
            yield empty
