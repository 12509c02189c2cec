"""One login and two sites, at Atlassian played on loopback: the same projects on both, each by itself."""

import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client import Client
from mcp_types import CallToolResult
from starlette.responses import JSONResponse
from typer.testing import Result

from connector_kit.access import Access
from connector_kit.audit import AuditLog
from connector_kit.oauth.settings import credential_of
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import Vault
from connector_kit.serving.main import check
from connector_kit.serving.server import create_server
from connector_kit.serving.session import Session
from jira_mcp import sandbox
from jira_mcp.client import JiraClient
from jira_mcp.server import SERVER
from jira_mcp.settings import JiraSettings
from mcp_suite.auth.status import status
from mcp_suite.doctor.account import Account
from mcp_suite.doctor.finding import Finding, State
from mcp_suite.doctor.settings import check_settings
from mcp_suite.doctor.sites import check_further_sites
from mcp_suite.sandbox_oauth import CLIENT_ID, CLIENT_SECRET, SandboxSite

from .conftest import served as on_loopback

OPS = "https://ops.sandbox.invalid"
READ = ("offline_access", "read:jira-work", "read:jira-user")
Auth = Callable[..., Result]


class Site:
    """The second site, which may be down."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.is_down = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        down = JSONResponse({"errorMessages": ["Site temporarily unavailable"]}, 503)
        await (down if self.is_down else self._app)(scope, receive, send)


@pytest.fixture(scope="session")
def ops_data(tmp_path_factory: pytest.TempPathFactory) -> Generator[Any]:
    app = sandbox.create_app(tmp_path_factory.mktemp("ops") / "jira.sqlite3", site_url=OPS, data="ops")
    yield app
    app.close()


class Both:
    """Atlassian with two sites, and a login that opens both unless one is `closed`."""

    def __init__(self, vendor: Any, ops: Site, folder: Path) -> None:
        self.vendor = vendor
        self.ops = ops
        self.folder = folder
        self.hosts = vendor.open_sites(vendor.own, self.second)

    @property
    def second(self) -> SandboxSite:
        return SandboxSite(sandbox.SECOND_CLOUD_ID, OPS, "Operations", self.ops)

    def close_second(self) -> None:
        self.hosts = self.vendor.open_sites(self.vendor.own)

    @property
    def variables(self) -> dict[str, str]:
        return {"JIRA_URL": self.vendor.url, "JIRA_SITES": OPS, "JIRA_CLIENT_ID": CLIENT_ID}

    def settings(self, **more: str) -> JiraSettings:
        given = {**self.variables, "JIRA_CLIENT_SECRET": CLIENT_SECRET, **more}
        return JiraSettings.load(environ={"MCP_SUITE_ENV_DIR": str(self.folder), **given})

    def log_in(self, *, lasts: float = 3000.0) -> TokenSet:
        """What a login leaves behind; a negative time means that the access token has ended."""
        granted, now = self.hosts.authorizations.grant(*READ), time.time()
        site = {"cloud_id": sandbox.CLOUD_ID, "site": self.vendor.url}
        tokens = TokenSet(granted.access_token, granted.refresh_token, now + lasts, READ, now + lasts - 3600, site)
        Vault.default().save(credential_of(self.settings()), tokens)
        return tokens


@pytest.fixture
def both(vendor: Any, ops_data: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Both:
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(tmp_path / "config"))
    return Both(vendor, Site(ops_data), tmp_path / "config")


def session_of(both: Both, **more: str) -> Session[JiraSettings, JiraClient]:
    return Session(SERVER, both.settings(**more), None, AuditLog(both.folder / "audit", "jira-mcp", "1"))


@asynccontextmanager
async def served(both: Both, **more: str) -> AsyncGenerator[Client]:
    session = session_of(both, **more)
    async with Client(create_server(SERVER, session, "1")) as client:
        yield client


async def said(client: Client, **arguments: Any) -> str:
    result = await client.call_tool("jira_get_issue", {"include": [], **arguments})
    assert isinstance(result, CallToolResult)
    return "".join(getattr(part, "text", "") for part in result.content)


# The server


@pytest.mark.anyio
async def test_one_login_reads_the_same_key_on_both_sites(both: Both) -> None:
    both.log_in()
    async with served(both) as client:
        assert "# Create directory structure" in await said(client, key="PMOS-1")
        told = await said(client, key="PMOS-1", site="ops")
        assert "# Runbook: restoring the workspace" in told
        assert f"{OPS}/browse/PMOS-1" in told
        usual = next(iter(both.settings().addresses))
        assert f"call again with site={usual!r}" in await said(
            client, key=f"{both.vendor.url}/browse/PMOS-1", site="ops"
        )


@pytest.mark.anyio
async def test_calls_to_both_sites_at_once_renew_the_login_once(both: Both) -> None:
    both.log_in(lasts=-60)
    async with served(both) as client, anyio.create_task_group() as tasks:

        async def read(site: str, expected: str) -> None:
            assert expected in await said(client, key="PMOS-2", site=site)

        usual = next(iter(both.settings().addresses))
        for _ in range(6):
            tasks.start_soon(read, usual, "Identity Layer")
            tasks.start_soon(read, "ops", "an agent that does not answer")
    assert both.hosts.authorizations.count("refreshed") == 1


@pytest.mark.anyio
async def test_a_refresh_token_that_was_brought_is_used_up_once_for_both_sites(both: Both) -> None:
    granted = both.hosts.authorizations.grant(*READ)
    both.hosts.authorizations.expire_access_tokens()
    usual = next(iter(both.settings().addresses))
    given = granted.refresh_token or ""
    async with served(both, JIRA_REFRESH_TOKEN=given) as client, anyio.create_task_group() as tasks:

        async def read(site: str, expected: str) -> None:
            assert expected in await said(client, key="PMOS-1", site=site)

        tasks.start_soon(read, "ops", "# Runbook")
        tasks.start_soon(read, usual, "# Create")
    assert both.hosts.authorizations.count("refreshed") == 1


@pytest.mark.anyio
async def test_a_site_that_is_down_leaves_the_other_alone(both: Both) -> None:
    both.log_in()
    both.ops.is_down = True
    async with served(both, JIRA_TIMEOUT="2") as client:
        told = await said(client, key="PMOS-1", site="ops")
        assert "503" in told
        assert f"(site ops: {OPS})" in told
        assert "# Create directory structure" in await said(client, key="PMOS-1")


@pytest.mark.anyio
async def test_a_site_that_the_login_did_not_open_is_told_with_what_to_do(both: Both) -> None:
    both.close_second()
    both.log_in()
    async with served(both) as client:
        told = await said(client, key="PMOS-1", site="ops")
        assert "The login did not open ops.sandbox.invalid" in told
        assert "Correct JIRA_SITES, or run `mcp-suite auth login jira` again and choose that site" in told
        assert "# Create directory structure" in await said(client, key="PMOS-1")


# Commands


@pytest.mark.anyio
async def test_check_tells_who_and_where_on_each_site(both: Both, capsys: pytest.CaptureFixture[str]) -> None:
    both.log_in()
    assert await check(session_of(both)) == 0
    usual, ops = capsys.readouterr().out.splitlines()
    assert usual.endswith("as Human PM; access: read")
    assert ops == f"jira-mcp (ops): signed in to PM OS sandbox at {OPS} as Human PM; access: read"
    both.ops.is_down = True
    assert await check(session_of(both, JIRA_TIMEOUT="2")) == 1
    told = capsys.readouterr()
    assert "jira-mcp (ops): " in told.err
    assert "503" in told.err
    assert "as Human PM" in told.out


async def further(both: Both) -> list[Finding]:
    read = check_settings(SERVER, Account("jira"), expected=True)
    assert read.settings is not None
    return await check_further_sites(SERVER, read.settings, read.origins)


@pytest.fixture
def in_the_environment(both: Both, monkeypatch: pytest.MonkeyPatch) -> Both:
    both.folder.mkdir(mode=0o700)
    for name, value in {**both.variables, "JIRA_CLIENT_SECRET": CLIENT_SECRET, "JIRA_TIMEOUT": "2"}.items():
        monkeypatch.setenv(name, value)
    return both


@pytest.mark.anyio
async def test_the_doctor_examines_each_further_site(in_the_environment: Both) -> None:
    both = in_the_environment
    both.log_in()
    [found] = await further(both)
    assert (found.state, found.subject, found.check) == (State.OK, "jira at ops", "credential")
    assert OPS in found.told
    both.ops.is_down = True
    [found] = await further(both)
    assert (found.state, found.subject) == (State.FAIL, "jira at ops")
    both.close_second()
    both.log_in()
    [found] = await further(both)
    assert found.state is State.FAIL
    assert "did not open ops.sandbox.invalid" in found.told
    assert "mcp-suite auth login jira" in found.fix


def test_the_status_names_further_sites(in_the_environment: Both) -> None:
    in_the_environment.log_in()
    one = status(SERVER)
    assert (one.state, one.site, one.sites) == ("logged in", in_the_environment.vendor.url, (OPS,))


def log_in(auth: Auth, both: Both, *more: str) -> Result:
    options = ("--oauth", "--url", both.vendor.url, "--client-id", CLIENT_ID, "--secret-stdin")
    back = ("--redirect-uri", "http://127.0.0.1:0/callback")
    return auth("login", "jira", *options, *back, *more, typed=f"{CLIENT_SECRET}\n")


def test_a_login_tells_how_tools_come_to_use_the_other_site(
    auth: Auth, both: Both, person: Any, env_file: Path
) -> None:
    result = log_in(auth, both)
    assert result.exit_code == 0, (result.output, result.exception)
    assert f"The login opened more sites. Tools reach them, too, with JIRA_SITES={OPS}" in result.output
    env_file.write_text(env_file.read_text() + f"JIRA_SITES={OPS}\n")
    result = log_in(auth, both)
    assert result.exit_code == 0, (result.output, result.exception)
    assert f"Also at ops: signed in to PM OS sandbox at {OPS} as Human PM" in result.output
    assert "opened more sites" not in result.output
    assert f"JIRA_SITES={OPS}\n" in env_file.read_text()


def test_a_login_is_stored_though_a_further_site_does_not_work(
    auth: Auth, both: Both, person: Any, env_file: Path
) -> None:
    log_in(auth, both)
    env_file.write_text(env_file.read_text() + f"JIRA_SITES={OPS}\n")
    both.close_second()
    result = log_in(auth, both)
    assert result.exit_code == 0, (result.output, result.exception)
    assert f"Attention: the site ops ({OPS}) does not work yet. The login did not open" in result.output
    assert Vault.default().load(credential_of(JiraSettings.load())) is not None


def test_a_token_is_tried_on_each_site(auth: Auth, vendor: Any, env_file: Path, ops_data: Any) -> None:
    with on_loopback(ops_data) as ops:
        env_file.parent.mkdir(mode=0o700, parents=True)
        env_file.write_text(f"JIRA_SITES={ops}\nJIRA_ACCESS=write\n")
        env_file.chmod(0o600)
        options = ("--url", vendor.url, "--email", sandbox.SANDBOX_EMAIL, "--token-stdin", "--yes")
        result = auth("login", "jira", *options, typed=f"{sandbox.SANDBOX_TOKEN}\n")
        assert result.exit_code == 0, (result.output, result.exception)
        assert f"Also at {ops.removeprefix('http://')}: signed in" in result.output
        settings = JiraSettings.load()
        settings.require()
        assert [one.api_token for one in settings.by_site().values()] == [settings.api_token] * 2
        assert settings.access is Access.WRITE
        assert replace(status(SERVER)).sites == (ops,)
