"""Stored OAuth logins: what has ended, what was revoked, what lacks scopes, and the command for each."""

import time
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from pydantic import SecretStr

from connector_kit.credentials import Access
from connector_kit.errors import Unavailable
from connector_kit.logs import redactor
from connector_kit.oauth.manager import OAuthManager
from connector_kit.oauth.profiles import JIRA, JIRA_GRANULAR, OAuthClient, OAuthProfile
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import CredentialId, Vault
from connector_kit.testing.authorization_server import ATLASSIAN, AuthorizationServer
from mcp_suite.doctor.examination import client_of, examine
from mcp_suite.doctor.finding import Finding, State
from mcp_suite.doctor.logins import Logins, check_logins, login_variables, profile_of
from mcp_suite.servers import find

LOGIN = "Run: mcp-suite auth login jira"
WHOSE = CredentialId("jira", "me@example.com", "example.atlassian.net")
READ = JIRA.scopes_for(Access.READ)


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Vault:
    """A vault of the test's own, its key in a file."""
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    return Vault.default()


@pytest.fixture
def vendor() -> Generator[AuthorizationServer]:
    """Atlassian's way of answering, on loopback."""
    with AuthorizationServer(dialect=ATLASSIAN) as server:
        yield server


def ended(vendor: AuthorizationServer, *scopes: str) -> TokenSet:
    """A login whose access token has expired."""
    granted = vendor.grant(*scopes)
    now = time.time()
    return TokenSet(granted.access_token, granted.refresh_token, now - 60, scopes, now - 3660)


async def examined(
    vault: Vault, tokens: TokenSet, vendor: AuthorizationServer | None = None, access: Access = Access.READ
) -> list[Finding]:
    vault.save(WHOSE, tokens)
    if vendor is None:
        return await check_logins(Logins("jira", JIRA, access, vault))
    profile = replace(JIRA, token_url=vendor.token_url)
    client = OAuthClient(vendor.client_id, SecretStr(vendor.client_secret or ""))

    async def renew(of: OAuthProfile, credential: CredentialId) -> TokenSet:
        manager = OAuthManager(of, client, credential, vault)
        await manager.access_token()
        return await manager.tokens() or TokenSet()

    return await check_logins(Logins("jira", profile, access, vault, renew))


@pytest.mark.anyio
async def test_without_a_login_there_is_nothing_to_say(vault: Vault) -> None:
    assert await check_logins(Logins("jira", JIRA, Access.READ, vault)) == []


@pytest.mark.anyio
async def test_an_expired_access_token_is_renewed_and_stored(vault: Vault, vendor: AuthorizationServer) -> None:
    tokens = ended(vendor, *READ)
    login, scopes = await examined(vault, tokens, vendor)
    assert (login.state, scopes.state) == (State.OK, State.OK)
    assert "me@example.com at example.atlassian.net, renewed just now" in login.told
    kept = vault.load(WHOSE)
    assert kept is not None
    assert kept.refresh_token != tokens.refresh_token
    assert kept.is_alive(time.time())


@pytest.mark.anyio
async def test_a_revoked_refresh_token_is_told_with_the_command_to_log_in(
    vault: Vault, vendor: AuthorizationServer
) -> None:
    tokens = ended(vendor, *READ)
    vendor.revoke_all()
    [found] = await examined(vault, tokens, vendor)
    assert (found.state, found.fix) == (State.FAIL, LOGIN)
    assert "does not accept the stored login any more" in found.told
    assert tokens.refresh_token
    assert tokens.refresh_token not in str(found)


@pytest.mark.anyio
async def test_a_wrong_client_secret_is_not_taken_for_a_revoked_login(
    vault: Vault, vendor: AuthorizationServer
) -> None:
    tokens = ended(vendor, *READ)
    vendor.client_secret = "another"
    vault.save(WHOSE, tokens)
    client = OAuthClient(vendor.client_id, SecretStr("the-wrong-one"))
    manager = OAuthManager(replace(JIRA, token_url=vendor.token_url), client, WHOSE, vault)

    async def renew(profile: OAuthProfile, credential: CredentialId) -> TokenSet:
        await manager.access_token()
        raise AssertionError("the client is wrong")

    [found] = await check_logins(Logins("jira", JIRA, Access.READ, vault, renew))
    assert found.state is State.FAIL
    assert "JIRA_CLIENT_SECRET" in found.fix
    assert "auth login" not in found.fix


@pytest.mark.anyio
async def test_missing_scopes_are_named_for_the_tools_that_are_on(vault: Vault) -> None:
    alive = TokenSet("access", "refresh", time.time() + 3000, READ, time.time())
    assert [found.state for found in await examined(vault, alive)] == [State.OK, State.OK]
    found = (await examined(vault, alive, access=Access.WRITE))[-1]
    assert (found.state, found.check) == (State.FAIL, "scopes")
    assert "write:jira-work" in found.told
    assert found.fix.startswith(f"{LOGIN} --access write")
    poor = replace(alive, scopes=("read:jira-user",))
    found = (await examined(vault, poor))[-1]
    assert "read:jira-work" in found.told
    assert found.fix.startswith(f"{LOGIN} (tick")


@pytest.mark.anyio
async def test_granular_scopes_are_judged_by_their_own_family(vault: Vault) -> None:
    granted = JIRA_GRANULAR.scopes_for(Access.READ)
    alive = TokenSet("access", "refresh", time.time() + 3000, granted, time.time())
    assert [found.state for found in await examined(vault, alive)] == [State.OK, State.OK]


@pytest.mark.anyio
async def test_a_vendor_that_names_no_scopes_is_not_doubted(vault: Vault) -> None:
    [found] = await examined(vault, TokenSet("access", "refresh", None, (), time.time()))
    assert found.state is State.OK
    assert "does not expire" in found.told


@pytest.mark.anyio
async def test_offline_an_expired_token_is_left_as_it_is(vault: Vault, vendor: AuthorizationServer) -> None:
    login, _ = await examined(vault, ended(vendor, *READ))
    assert (login.state, vendor.requests) == (State.OK, [])
    assert "its next use renews it" in login.told


@pytest.mark.anyio
async def test_a_login_that_cannot_be_renewed_is_over(vault: Vault) -> None:
    [found] = await examined(vault, TokenSet("access", None, time.time() - 1))
    assert (found.state, found.fix) == (State.FAIL, LOGIN)


@pytest.mark.anyio
async def test_a_login_that_ends_soon_is_told(vault: Vault) -> None:
    now = time.time()
    old = TokenSet("access", "refresh", now + 60, READ, now - 80 * 86400)
    found = (await examined(vault, old))[0]
    assert (found.state, found.fix) == (State.WARN, LOGIN)
    assert "ends in 10 days" in found.told


@pytest.mark.anyio
async def test_a_stored_login_that_is_damaged_is_told(vault: Vault) -> None:
    vault.save(WHOSE, TokenSet("access"))
    path = vault.path(WHOSE)
    path.write_bytes(path.read_bytes()[:-4] + b"????")
    [found] = await check_logins(Logins("jira", JIRA, Access.READ, vault))
    assert found.state is State.FAIL
    assert "auth login jira" in found.fix


@pytest.mark.anyio
async def test_trouble_of_the_network_is_no_reason_to_log_in_again(vault: Vault, vendor: AuthorizationServer) -> None:
    vault.save(WHOSE, ended(vendor, *READ))

    async def unreachable(profile: OAuthProfile, credential: CredentialId) -> TokenSet:
        await anyio.lowlevel.checkpoint()
        raise Unavailable("Atlassian cannot be reached.")

    async def silent(profile: OAuthProfile, credential: CredentialId) -> TokenSet:
        await anyio.sleep_forever()
        raise AssertionError("nobody waits so long")

    [found] = await check_logins(Logins("jira", JIRA, Access.READ, vault, unreachable))
    assert found.state is State.WARN
    assert "auth login" not in found.fix
    [late] = await check_logins(Logins("jira", JIRA, Access.READ, vault, silent), patience=0.3)
    assert "no answer within 0.3 s" in late.told


@pytest.mark.anyio
async def test_a_credential_that_vanishes_meanwhile_says_nothing(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    vault.save(WHOSE, TokenSet("access"))

    def nothing(credential: CredentialId) -> None:
        vault.delete(credential)

    monkeypatch.setattr(vault, "load", nothing)
    assert await check_logins(Logins("jira", JIRA, Access.READ, vault)) == []


def test_the_users_app_comes_from_the_variables() -> None:
    client = client_of(JIRA, {"JIRA_CLIENT_ID": " id ", "JIRA_CLIENT_SECRET": "client-secret-77"})
    assert (client.client_id, client.secret(), client.redirect_uri) == ("id", "client-secret-77", "")
    assert "client-secret-77" not in redactor.known("it is client-secret-77")
    assert client_of(JIRA, {}).client_secret is None
    assert profile_of("nothing-known") is None


def test_the_variables_of_a_login_are_known() -> None:
    assert login_variables("jira") >= {"JIRA_CLIENT_ID", "JIRA_REFRESH_TOKEN", "JIRA_URL"}
    assert "" not in login_variables("slack")
    assert login_variables("nothing-known") == set()


@pytest.mark.anyio
async def test_the_whole_examination_sees_a_login_without_its_app(
    vault: Vault, vendor: AuthorizationServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    vault.save(WHOSE, ended(vendor, *READ))
    findings = await examine([find("jira")], expected=False, offline=False)
    found = next(finding for finding in findings if finding.check == "login")
    assert found.state is State.FAIL
    assert "needs an app" in found.told
    assert "setup_guides/jira.md" in found.fix
