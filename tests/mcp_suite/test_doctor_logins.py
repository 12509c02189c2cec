"""The login in the browser that an account uses: what has ended, what lacks scopes, and the command for each."""

import json
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import uvicorn

from connector_kit.access import Access
from connector_kit.logs import redactor
from connector_kit.oauth.profiles import JIRA, JIRA_GRANULAR
from connector_kit.oauth.settings import OAuthSettings, credential_of
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import Vault
from connector_kit.testing.faults import Fault, FaultServer
from jira_mcp.sandbox import CLOUD_ID, SANDBOX_EMAIL, SANDBOX_TOKEN, create_app, required_scopes
from jira_mcp.server import SERVER
from mcp_suite import client_config
from mcp_suite.doctor.account import Account
from mcp_suite.doctor.client_entries import check_clients
from mcp_suite.doctor.examination import examine
from mcp_suite.doctor.finding import Finding, State
from mcp_suite.doctor.logins import Login, check_login
from mcp_suite.doctor.settings import check_settings
from mcp_suite.install.clients import Machine
from mcp_suite.sandbox import listen
from mcp_suite.sandbox_oauth import CLIENT_ID, CLIENT_SECRET, AtlassianHosts, SandboxSite
from mcp_suite.servers import find

pytestmark = pytest.mark.anyio

LOGIN = "Run: mcp-suite auth login jira --oauth"
READ = JIRA.scopes_for(Access.READ)
WRITE = JIRA.scopes_for(Access.WRITE)


@pytest.fixture(autouse=True)
def no_secrets_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words that are secrets elsewhere, in this process, are words here."""
    monkeypatch.setattr(redactor, "_lasting", frozenset[str]())
    monkeypatch.setattr(redactor, "_known", ())


@dataclass
class Vendor:
    """Atlassian on loopback, and the folder in which this user's env files are."""

    url: str
    hosts: AtlassianHosts
    folder: Path

    def write(self, *more: str, name: str = "", client_id: str = CLIENT_ID) -> None:
        """An account that signs in with the app `client_id`."""
        path = self.folder / (f".env.jira.{name}" if name else ".env.jira")
        lines = (f"JIRA_URL={self.url}", f"JIRA_CLIENT_ID={client_id}", f"JIRA_CLIENT_SECRET={CLIENT_SECRET}", *more)
        path.write_text("".join(f"{line}\n" for line in lines))
        path.chmod(0o600)

    def settings(self, name: str = "") -> OAuthSettings:
        read = check_settings(SERVER, Account("jira", name), expected=True).settings
        assert isinstance(read, OAuthSettings)
        return read

    def granted(self, *scopes: str, lasts: float = 3000.0) -> TokenSet:
        """The tokens of a new login; a negative time means that the access token has ended."""
        tokens = self.hosts.authorizations.grant(*(scopes or READ))
        now = time.time()
        return TokenSet(tokens.access_token, tokens.refresh_token, now + lasts, scopes or READ, now + lasts - 3600)

    def log_in(self, tokens: TokenSet, name: str = "") -> None:
        Vault.default().save(credential_of(self.settings(name)), tokens)


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Generator[Vendor]:
    """A vendor of the test's own, and an account there that has an app and no login yet."""
    folder = tmp_path / "config"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(folder))
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    app = create_app(tmp_path / "jira.sqlite3")
    listener = listen(0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    hosts = AtlassianHosts(
        app,
        product="jira",
        sites=[SandboxSite(CLOUD_ID, url, "PM OS")],
        account=(SANDBOX_EMAIL, SANDBOX_TOKEN),
        required_scopes=required_scopes,
    )
    server = uvicorn.Server(uvicorn.Config(hosts, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    made = Vendor(url, hosts, folder)
    made.write()
    yield made
    server.should_exit = True
    thread.join()
    app.close()


async def looked_at(vendor: Vendor, tokens: TokenSet | None = None, *, renewing: bool = True) -> list[Finding]:
    if tokens is not None:
        vendor.log_in(tokens)
    return await check_login(Login(SERVER, vendor.settings(), Account("jira"), renewing))


def about(findings: list[Finding], check: str, subject: str = "jira") -> list[Finding]:
    return [found for found in findings if (found.check, found.subject) == (check, subject)]


async def test_an_app_without_a_login_is_told_with_the_command_to_log_in(vendor: Vendor) -> None:
    [found] = await looked_at(vendor)
    assert (found.state, found.fix) == (State.FAIL, LOGIN)
    assert f"nobody is logged in with the app {CLIENT_ID}" in found.told


async def test_a_login_that_is_well_is_shown_with_whose_it_is_and_how_long_it_lasts(vendor: Vendor) -> None:
    tokens = replace(vendor.granted(), extra={"signed_in": "Ada at https://example.atlassian.net"})
    login, scopes = await looked_at(vendor, tokens)
    assert (login.state, scopes.state) == (State.OK, State.OK)
    assert login.told == "Ada at https://example.atlassian.net; its token lasts 50 min and is renewed by itself"
    assert "(access read)" in scopes.told


async def test_an_expired_access_token_is_renewed_and_stored(vendor: Vendor) -> None:
    tokens = vendor.granted(lasts=-60)
    login, scopes = await looked_at(vendor, tokens)
    assert (login.state, scopes.state) == (State.OK, State.OK)
    assert "renewed just now" in login.told
    kept = Vault.default().load(credential_of(vendor.settings()))
    assert kept is not None
    assert kept.refresh_token != tokens.refresh_token
    assert kept.is_alive(time.time())


async def test_a_refresh_token_of_the_env_file_is_taken_up(vendor: Vendor) -> None:
    tokens = vendor.granted()
    vendor.write(f"JIRA_REFRESH_TOKEN={tokens.refresh_token}")
    login = (await looked_at(vendor))[0]
    assert login.state is State.OK
    assert vendor.hosts.authorizations.count("refreshed") == 1


async def test_a_revoked_refresh_token_is_told_with_the_command_to_log_in(vendor: Vendor) -> None:
    tokens = vendor.granted(lasts=-60)
    vendor.hosts.authorizations.revoke_all()
    [found] = await looked_at(vendor, tokens)
    assert (found.state, found.fix) == (State.FAIL, LOGIN)
    assert "does not accept the stored login any more" in found.told
    assert tokens.refresh_token
    assert tokens.refresh_token not in str(found)


async def test_a_wrong_client_secret_is_not_taken_for_a_revoked_login(vendor: Vendor) -> None:
    vendor.hosts.authorizations.client_secret = "renewed-at-the-vendor"
    [found] = await looked_at(vendor, vendor.granted(lasts=-60))
    assert found.state is State.FAIL
    assert "JIRA_CLIENT_SECRET" in f"{found.told} {found.fix}"
    assert CLIENT_SECRET not in str(found)


async def test_missing_scopes_are_named_with_the_tools_that_need_them(vendor: Vendor) -> None:
    tokens = vendor.granted()
    vendor.write("JIRA_ACCESS=write")
    found = (await looked_at(vendor, tokens))[-1]
    assert (found.state, found.check) == (State.FAIL, "scopes")
    assert "the login lacks write:jira-work, which jira_" in found.told
    assert " more tools need" in found.told
    assert found.fix == f"{LOGIN} --access write (tick these scopes in the app's settings first)"
    assert [found.state for found in await looked_at(vendor, vendor.granted(*WRITE))] == [State.OK, State.OK]


async def test_granular_scopes_are_judged_by_their_own_family(vendor: Vendor) -> None:
    granular = JIRA_GRANULAR.scopes_for(Access.READ)
    assert [found.state for found in await looked_at(vendor, vendor.granted(*granular))] == [State.OK, State.OK]
    poor = [scope for scope in granular if not scope.startswith("read:project")]
    found = (await looked_at(vendor, vendor.granted(*poor)))[-1]
    assert "read:project:jira" in found.told
    assert "--granular-scopes" in found.fix


async def test_a_granular_login_that_may_not_delete_is_told_where_tools_delete(vendor: Vendor) -> None:
    vendor.write("JIRA_ACCESS=delete")
    granted = vendor.granted(*JIRA_GRANULAR.scopes_for(Access.WRITE))
    [found] = about(await looked_at(vendor, granted), "scopes")
    assert found.state is State.FAIL
    assert "delete:issue:jira, which jira_delete_issue, " in found.told
    assert found.fix.startswith(f"{LOGIN} --access delete")


async def test_a_vendor_that_names_no_scopes_is_not_doubted(vendor: Vendor) -> None:
    [found] = await looked_at(vendor, TokenSet("access", "refresh", None, (), time.time()))
    assert found.state is State.OK
    assert "does not expire" in found.told


async def test_without_a_way_to_the_vendor_an_expired_token_is_left_as_it_is(vendor: Vendor) -> None:
    login, scopes = await looked_at(vendor, vendor.granted(lasts=-60), renewing=False)
    assert (login.state, scopes.state) == (State.OK, State.OK)
    assert "its next use renews it" in login.told
    assert vendor.hosts.authorizations.count("refreshed") == 0


async def test_a_login_that_cannot_be_renewed_is_over(vendor: Vendor) -> None:
    [found] = await looked_at(vendor, TokenSet("access", None, time.time() - 1))
    assert (found.state, found.fix) == (State.FAIL, LOGIN)


async def test_a_login_that_ends_soon_is_told(vendor: Vendor) -> None:
    now = time.time()
    found = (await looked_at(vendor, TokenSet("access", "refresh", now + 60, READ, now - 80 * 86400)))[0]
    assert (found.state, found.fix) == (State.WARN, LOGIN)
    assert "ends in 10 days" in found.told


async def test_a_stored_login_that_is_damaged_is_told(vendor: Vendor) -> None:
    vendor.log_in(vendor.granted())
    path = Vault.default().path(credential_of(vendor.settings()))
    path.write_bytes(path.read_bytes()[:-4] + b"????")
    [found] = await looked_at(vendor)
    assert found.state is State.FAIL
    assert "auth login jira" in found.fix


async def test_trouble_of_the_vendor_is_no_reason_to_log_in_again(vendor: Vendor) -> None:
    async with FaultServer(Fault.json({"error": "temporarily_unavailable"}, 503)) as trouble:
        vendor.url = trouble.url
        vendor.write()
        [found] = await looked_at(vendor, vendor.granted(lasts=-60))
    assert found.state is State.WARN
    assert found.fix == "Run again when the service answers: mcp-suite doctor jira"


async def test_the_whole_examination_signs_in_with_the_login(vendor: Vendor) -> None:
    vendor.log_in(vendor.granted(lasts=-60))
    findings = await examine([find("jira")], expected=True, offline=False)
    assert [found for found in findings if found.state is State.FAIL] == []
    [credential] = about(findings, "credential")
    assert "signed in to PM OS" in credential.told
    assert vendor.hosts.authorizations.count("refreshed") == 1


async def test_a_login_that_fails_is_told_once(vendor: Vendor) -> None:
    findings = await examine([find("jira")], expected=True, offline=False)
    assert [found.check for found in findings if found.state is State.FAIL] == ["login"]
    [credential] = about(findings, "credential")
    assert (credential.state, credential.told) == (State.SKIP, "not tried before the login works")


async def test_every_named_account_is_examined_and_called_by_its_name(vendor: Vendor) -> None:
    vendor.write(name="work")
    vendor.log_in(vendor.granted())
    vendor.log_in(vendor.granted(lasts=-60), name="work")
    findings = await examine([find("jira")], expected=False, offline=False)
    for subject in ("jira", "jira (work)"):
        assert about(findings, "login", subject)[0].state is State.OK
        assert "signed in to" in about(findings, "credential", subject)[0].told
    vendor.hosts.authorizations.revoke_all()
    vendor.hosts.authorizations.expire_access_tokens()
    vendor.log_in(vendor.granted(lasts=-60), name="work")
    findings = await examine([find("jira")], expected=False, offline=False, account="work")
    assert {found.subject for found in findings if found.check in ("login", "credential")} == {"jira (work)"}
    assert about(findings, "login", "jira (work)")[0].state is State.OK


async def test_the_commands_name_the_account(vendor: Vendor) -> None:
    vendor.write(name="work")
    findings = await examine([find("jira")], expected=False, offline=True, account="work")
    [found] = about(findings, "login", "jira (work)")
    assert found.fix == "Run: mcp-suite auth login jira --account work --oauth"


async def test_an_account_that_does_not_exist_is_told(vendor: Vendor) -> None:
    findings = await examine([find("jira")], expected=True, offline=True, account="work")
    [found] = about(findings, "env file", "jira (work)")
    assert (found.state, found.fix) == (State.FAIL, "Run: mcp-suite auth login jira --account work")
    assert str(vendor.folder / ".env.jira.work") in found.told


async def test_a_token_beside_the_login_is_told_to_be_unused(vendor: Vendor) -> None:
    vendor.write("JIRA_API_TOKEN=left-from-before")
    findings = check_settings(SERVER, Account("jira"), expected=True).findings
    [found] = [found for found in findings if found.state is State.WARN]
    assert "JIRA_API_TOKEN is not used: JIRA_CLIENT_ID is set" in found.told
    assert found.fix == f"In {vendor.folder / '.env.jira'}, line 4, delete JIRA_API_TOKEN"


async def test_a_missing_client_secret_is_told(vendor: Vendor) -> None:
    path = vendor.folder / ".env.jira"
    path.write_text(f"JIRA_URL={vendor.url}\nJIRA_CLIENT_ID={CLIENT_ID}\n")
    path.chmod(0o600)
    findings = await examine([find("jira")], expected=True, offline=True)
    [found] = [found for found in findings if found.state is State.FAIL]
    assert found.told == "JIRA_CLIENT_SECRET not set"
    assert found.fix.startswith(f"{LOGIN}; or write JIRA_CLIENT_SECRET=… into ")
    assert about(findings, "login") == []


async def test_tools_that_only_a_clients_entry_switches_on_need_their_scopes_as_well(
    vendor: Vendor, tmp_path: Path
) -> None:
    vendor.log_in(vendor.granted())
    path = tmp_path / ".cursor" / "mcp.json"
    path.parent.mkdir()

    def found(**environment: str) -> list[tuple[State, str, str]]:
        command = str(client_config.executable(find("jira")))
        variables = {"MCP_SUITE_ENV_DIR": str(vendor.folder), "MCP_SUITE_STATE_DIR": str(tmp_path / "state")}
        entry: dict[str, object] = {"command": command, "args": [], "env": {**variables, **environment}}
        path.write_text(json.dumps({"mcpServers": {"jira": entry}}))
        findings = check_clients({find("jira"): SERVER}, Machine("linux", {}, tmp_path)).findings
        return [(finding.state, finding.check, finding.fix) for finding in findings]

    fix = f"{LOGIN} --access write (tick these scopes in the app's settings first)"
    assert found(JIRA_ACCESS="write") == [(State.FAIL, "scopes", fix)]
    for fine in ({"JIRA_ACCESS": "read"}, {"JIRA_ACCESS": "write", "JIRA_SANDBOX": "1"}, {}):
        assert found(**fine) == [(State.OK, "entry", "")]
    vendor.log_in(vendor.granted(*WRITE))
    assert found(JIRA_ACCESS="write") == [(State.OK, "entry", "")]
