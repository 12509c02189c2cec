"""What doctor examines in tests of one account: its settings, its service, and services that refuse."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio

from connector_kit.errors import ServiceError
from connector_kit.serving.session import ServerSpec
from jira_mcp.sandbox import SANDBOX_EMAIL, SANDBOX_TOKEN
from jira_mcp.server import SERVER
from mcp_suite.doctor.account import Account
from mcp_suite.doctor.credential import address_of, check_credential
from mcp_suite.doctor.examination import AnySpec
from mcp_suite.doctor.finding import Finding, State
from mcp_suite.doctor.network import check_way
from mcp_suite.doctor.settings import Configured, check_settings


def write(path: Path, *lines: str, mode: int = 0o600) -> None:
    path.write_text("".join(f"{line}\n" for line in lines))
    path.chmod(mode)


def account(url: str, token: str = SANDBOX_TOKEN) -> list[str]:
    return [f"JIRA_URL={url}", f"JIRA_EMAIL={SANDBOX_EMAIL}", f"JIRA_API_TOKEN={token}"]


def configured(*, expected: bool = True) -> Configured:
    return check_settings(SERVER, Account("jira"), expected=expected)


def only(findings: list[Finding], state: State) -> Finding:
    found = [finding for finding in findings if finding.state is state]
    assert len(found) == 1, found
    return found[0]


async def signing_in(spec: AnySpec = SERVER, patience: float = 10.0) -> Finding:
    read = configured()
    assert read.settings is not None
    address = address_of(spec, read.settings, read.origins)
    assert address is not None
    way = await check_way(address)
    [found] = await check_credential(spec, read.settings, read.origins, way, patience=patience)
    return found


class Refusing:
    """A client whose check fails in a given way."""

    account: str | None = None

    def __init__(self, error: ServiceError) -> None:
        self._error = error

    async def check(self) -> str:
        raise self._error

    async def aclose(self) -> None:
        await anyio.lowlevel.checkpoint()


def refusing(error: ServiceError) -> ServerSpec[Any, Any]:
    async def connect(settings: object) -> Refusing:
        await anyio.lowlevel.checkpoint()
        return Refusing(error)

    return dataclasses.replace(SERVER, connect=connect)


class Limited:
    """A client of a service that tells what its token may do: reading only."""

    account = None

    async def check(self) -> str:
        return "signed in to Jira as Ada"

    async def lacking_scopes(self, needed: Sequence[str], /) -> tuple[str, ...]:
        return tuple(scope for scope in needed if not scope.startswith("read:"))

    async def aclose(self) -> None:
        return
