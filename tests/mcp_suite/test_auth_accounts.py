"""Several accounts of one service by name, what is told of each, and logging out of one of them."""

import json
from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
from pydantic import SecretStr
from typer.testing import Result

from connector_kit.env_files import accounts_of
from connector_kit.errors import Unavailable
from connector_kit.oauth import profiles
from connector_kit.oauth.profiles import OAuthProfile, Revocation
from connector_kit.oauth.settings import credential_of
from connector_kit.oauth.vault import CredentialId, Vault
from connector_kit.secret_store import SecretKey, SecretStore
from connector_kit.testing.authorization_server import AuthorizationServer
from connector_kit.testing.logins import token_set
from jira_mcp.sandbox import SANDBOX_EMAIL, SANDBOX_TOKEN
from jira_mcp.settings import JiraSettings
from mcp_suite.auth.ages import Ages, today
from mcp_suite.auth.forgetting import forget_login
from mcp_suite.errors import SuiteError
from mcp_suite.sandbox_oauth import CLIENT_ID, CLIENT_SECRET
from mcp_suite.servers import find, load

Auth = Callable[..., Result]
BACK = "http://127.0.0.1:0/callback"


def browser_login(auth: Auth, site: str, *more: str) -> None:
    options = ("--oauth", "--url", site, "--client-id", CLIENT_ID, "--secret-stdin", "--redirect-uri", BACK)
    result = auth("login", "jira", *options, *more, typed=f"{CLIENT_SECRET}\n")
    assert result.exit_code == 0, (result.output, result.exception)


def token_login(auth: Auth, site: str, *more: str) -> Result:
    options = ("--url", site, "--email", SANDBOX_EMAIL, "--token-stdin")
    result = auth("login", "jira", *options, *more, typed=f"{SANDBOX_TOKEN}\n")
    assert result.exit_code == 0, (result.output, result.exception)
    return result


def refusal(result: Result) -> str:
    """What the command would print on standard error."""
    assert isinstance(result.exception, SuiteError), (result.output, result.exception)
    return str(result.exception)


def told_of(auth: Auth, *more: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(auth("status", "jira", "--json", *more).output)
    return found


# By name


def test_each_account_has_a_file_of_its_own(auth: Auth, vendor: Any, person: Any, env_file: Path) -> None:
    token_login(auth, vendor.url)
    browser_login(auth, vendor.url, "--account", "work", "--access", "write")
    assert accounts_of("jira") == ["", "work"]
    assert JiraSettings.load().login == "token"
    work = JiraSettings.load(account="work")
    assert (work.login, work.access.value) == ("oauth", "write")
    assert credential_of(work).account == f"work {CLIENT_ID}"
    assert SANDBOX_EMAIL not in env_file.with_name(".env.jira.work").read_text()


def test_a_login_says_how_a_server_uses_the_account(auth: Auth, site: str) -> None:
    told = token_login(auth, site, "--account", "work").output
    assert "jira-mcp --account work --check" in told
    assert "mcp-suite auth login jira --account work --access write" in told


@pytest.mark.parametrize("name", ["Work", "../etc", "example", "default", "two words"])
def test_what_is_no_name_of_an_account_is_refused(auth: Auth, name: str) -> None:
    told = refusal(auth("login", "jira", "--account", name, "--token-stdin", typed="x\n"))
    assert "is no name of an account" in told


def test_a_failed_login_leaves_no_file_for_a_new_account(auth: Auth, site: str, env_file: Path) -> None:
    options = ("--url", site, "--email", SANDBOX_EMAIL, "--token-stdin", "--account", "work")
    assert "401" in refusal(auth("login", "jira", *options, typed="wrong\n"))
    assert not env_file.parent.exists()


# Status


def test_status_tells_of_every_account(auth: Auth, vendor: Any, person: Any) -> None:
    token_login(auth, vendor.url)
    browser_login(auth, vendor.url, "--account", "work")
    usual, work = told_of(auth)
    assert (usual["name"], usual["login"], usual["account"], usual["state"]) == (
        "",
        "token",
        SANDBOX_EMAIL,
        "logged in",
    )
    assert (work["name"], work["login"], work["account"], work["state"]) == ("work", "oauth", CLIENT_ID, "logged in")
    assert work["site"] == vendor.url
    assert work["scopes"] == ["offline_access", "read:jira-work", "read:jira-user"]
    assert (work["key_in"], work["secret_in"], work["age_days"]) == ("file", "file", 0)
    assert usual["others"] == work["others"] == []
    assert [one["name"] for one in told_of(auth, "--account", "work")] == ["work"]


def test_status_in_lines_tells_when_a_login_ends(auth: Auth, vendor: Any, person: Any) -> None:
    browser_login(auth, vendor.url)
    result = auth("status", "jira")
    assert result.exit_code == 0
    told = result.output
    for expected in (
        "jira: logged in\n  way            OAuth in the browser\n  signed in      to PM OS sandbox at ",
        f"  app            {CLIENT_ID}\n",
        "  scopes         offline_access read:jira-work read:jira-user\n",
        "Z, renewed by itself\n",
        "Z unless it is used before\n",
        "  key in         a private file\n",
    ):
        assert expected in told
    for secret in (CLIENT_SECRET, "access-", "refresh-"):
        assert secret not in told


def test_status_says_that_a_login_by_variables_was_not_tried_yet(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"CLOUD_URL": "https://a.atlassian.net", "CLIENT_ID": "app", "CLIENT_SECRET": "of-the-app-1"}
    for name, value in {**given, "REFRESH_TOKEN": "of-a-login-made-elsewhere"}.items():
        monkeypatch.setenv(f"JIRA_{name}", value)
    told = auth("status", "jira").output
    assert "Not tried yet: the first use takes up JIRA_REFRESH_TOKEN. Run: mcp-suite doctor jira\n" in told
    assert not {"of-the-app-1", "of-a-login-made-elsewhere"} & set(told.split())


def test_status_of_an_account_that_is_not_there_says_the_command(auth: Auth) -> None:
    result = auth("status", "jira", "--account", "work")
    assert result.exit_code == 1
    assert "jira (work): not logged in" in result.output
    assert "Run: mcp-suite auth login jira --account work" in result.output
    assert "Name the service, too" in refusal(auth("status", "--account", "work"))


def test_status_of_a_login_that_ended_is_told(auth: Auth, vendor: Any, person: Any) -> None:
    browser_login(auth, vendor.url)
    vault, credential = Vault.default(), credential_of(JiraSettings.load())
    tokens = vault.load(credential)
    assert tokens is not None
    assert tokens.expires_at is not None
    long_ago = 91 * 86400.0
    vault.save(
        credential, replace(tokens, obtained_at=tokens.obtained_at - long_ago, expires_at=tokens.expires_at - long_ago)
    )
    (one,) = told_of(auth)
    assert one["state"] == "expired"
    assert one["told"].endswith("Run: mcp-suite auth login jira")
    assert auth("status", "jira").exit_code == 1


def test_status_of_an_app_without_a_login_is_incomplete(auth: Auth, vendor: Any, person: Any) -> None:
    browser_login(auth, vendor.url)
    Vault.default().delete(credential_of(JiraSettings.load()))
    assert told_of(auth)[0]["state"] == "incomplete"


def test_status_of_a_login_whose_key_is_gone_says_so(auth: Auth, vendor: Any, person: Any, tmp_path: Path) -> None:
    browser_login(auth, vendor.url)
    (tmp_path / "state" / "credentials" / "key").unlink()
    (one,) = told_of(auth)
    assert one["state"] == "unreadable"
    assert "is not in" in one["told"]


def test_status_names_scopes_that_the_tools_lack(auth: Auth, vendor: Any, person: Any, env_file: Path) -> None:
    browser_login(auth, vendor.url)
    env_file.write_text(env_file.read_text() + "JIRA_ACCESS=write\n")
    (one,) = told_of(auth)
    assert one["lacking_scopes"] == ["write:jira-work"]
    assert one["told"].endswith("Run: mcp-suite auth login jira --access write")


def test_status_warns_of_a_client_secret_of_80_days(auth: Auth, vendor: Any, person: Any, tmp_path: Path) -> None:
    browser_login(auth, vendor.url)
    ((key, _),) = SecretStore.default().list("jira")
    Ages(tmp_path / "state" / "secrets" / "stored.json", clock=lambda: today() - timedelta(days=80)).note(key)
    (one,) = told_of(auth)
    assert "The client secret was stored 80 days ago" in one["told"]
    assert "--oauth --client-id sandbox-app --secret-stdin" in one["told"]


# Logging out


def test_logout_forgets_the_login_and_says_where_consent_is_taken_back(
    auth: Auth, vendor: Any, person: Any, env_file: Path
) -> None:
    browser_login(auth, vendor.url, "--access", "write")
    result = auth("logout", "jira")
    assert result.exit_code == 0, (result.output, result.exception)
    assert f"the login with the app {CLIENT_ID} at" in result.output
    assert f"the client secret of {CLIENT_ID} at" in result.output
    assert f"take the consent back at {vendor.url}/manage-profile/apps" in result.output
    assert Vault.default().list() == []
    assert SecretStore.default().list() == []
    assert env_file.read_text().splitlines()[1:] == ["JIRA_ACCESS=write"]
    assert "there was nothing to forget" in auth("logout", "jira").output


def test_logout_of_one_account_leaves_the_other_and_the_app_they_share(
    auth: Auth, vendor: Any, person: Any, env_file: Path
) -> None:
    browser_login(auth, vendor.url)
    browser_login(auth, vendor.url, "--account", "work")
    result = auth("logout", "jira", "--account", "work")
    assert result.exit_code == 0, (result.output, result.exception)
    assert "client secret" not in result.output
    assert not env_file.with_name(".env.jira.work").exists()
    assert [one["state"] for one in told_of(auth)] == ["logged in"]
    assert [one.account for one, _ in Vault.default().list()] == [f"default {CLIENT_ID}"]
    browser_login(auth, vendor.url, "--account", "work")
    auth("logout", "jira")
    assert [one["state"] for one in told_of(auth)] == ["logged in"]
    assert [one.account for one, _ in Vault.default().list()] == [f"work {CLIENT_ID}"]


def test_variables_for_the_usual_account_change_nothing_about_one_by_name(
    auth: Auth, site: str, env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"URL": "https://usual.invalid", "EMAIL": "u@usual.invalid", "API_TOKEN": "of-usual"}.items():
        monkeypatch.setenv(f"JIRA_{name}", value)
    assert "Attention" not in token_login(auth, site, "--account", "work").output
    [work] = told_of(auth, "--account", "work")
    assert (work["account"], work["site"], work["secret_in"]) == (SANDBOX_EMAIL, site, "file")
    told = auth("logout", "jira", "--account", "work").output
    assert f"the token of {SANDBOX_EMAIL}" in told
    assert "unset" not in told
    assert SecretStore.default().list("jira") == []


@pytest.mark.parametrize(
    ("service", "kept"),
    [
        (
            "jira",
            {"ACCESS", "SANDBOX", "PROJECTS", "FILES_DIR", "REQUESTS_PER_MINUTE", "TIMEOUT", "TOOLSETS"},
        ),
        (
            "slack",
            {"ACCESS", "SANDBOX", "API_URL", "CHANNELS", "READ_CHANNELS", "FILES_DIR", "TOOLSETS", "TIMEOUT"},
        ),
    ],
)
def test_all_that_says_who_and_where_belongs_to_the_account(
    service: str, kept: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load(find(service)).settings
    names = {settings.variable(name) for name in settings.model_fields}
    for name in names:
        monkeypatch.setenv(name, "x")
    assert names & set(settings.environment("work")) == {f"{service.upper()}_{name}" for name in kept}
    assert names <= set(settings.environment(""))


def test_logout_keeps_an_accounts_file_that_says_more(auth: Auth, site: str, env_file: Path) -> None:
    token_login(auth, site, "--account", "work")
    file = env_file.with_name(".env.jira.work")
    file.write_text(file.read_text() + "JIRA_PROJECTS=OPS\n")
    auth("logout", "jira", "--account", "work")
    assert "JIRA_PROJECTS=OPS" in file.read_text()
    assert SANDBOX_EMAIL not in file.read_text()


def test_logout_of_an_account_that_is_not_there_names_those_that_are(auth: Auth, site: str) -> None:
    token_login(auth, site, "--account", "work")
    assert refusal(auth("logout", "jira", "--account", "home")) == "Jira has no account home. Accounts: work."


def test_logout_does_not_touch_secrets_while_another_account_cannot_be_read(
    auth: Auth, site: str, env_file: Path
) -> None:
    token_login(auth, site)
    broken = env_file.with_name(".env.jira.work")
    broken.write_text("this is no assignment = = '\n")
    broken.chmod(0o600)
    assert "malformed in line 1" in refusal(auth("logout", "jira"))
    assert [key.field for key, _ in SecretStore.default().list()] == ["api_token"]


# Revoking, where the vendor can be told


@pytest.fixture
def revoking(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Generator[tuple[AuthorizationServer, CredentialId]]:
    """A vendor that revokes, and a login there."""
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    with AuthorizationServer() as server:
        profile = replace(profiles.JIRA, token_url=server.token_url, revocation=Revocation(server.revoke_url))

        def revoked_there(_: JiraSettings) -> OAuthProfile:
            return profile

        monkeypatch.setattr(JiraSettings, "oauth_profile", revoked_there)
        credential = CredentialId("jira", "default client-1", server.url.removeprefix("http://"))
        SecretStore.default().set(SecretKey("jira", "client-1", credential.host, "client_secret"), "client-secret-1")
        Vault.default().save(credential, token_set(server.grant("read:jira-work", "offline_access")))
        yield server, credential


def forget(credential: CredentialId) -> tuple[str, str]:
    settings = JiraSettings(client_id="client-1", client_secret=SecretStr("client-secret-1"), url="https://a.example")
    forgotten = anyio.run(forget_login, load(find("jira")), settings, credential, Vault.default())
    return forgotten.what, forgotten.to_do


def test_a_login_is_revoked_where_the_vendor_can_be_told(revoking: tuple[AuthorizationServer, CredentialId]) -> None:
    server, credential = revoking
    what, to_do = forget(credential)
    assert what.endswith("(revoked)")
    assert to_do == ""
    assert server.count("revoked") == 1
    assert Vault.default().list() == []


def test_a_vendor_that_does_not_revoke_is_told_and_the_login_is_forgotten_all_the_same(
    revoking: tuple[AuthorizationServer, CredentialId],
) -> None:
    server, credential = revoking
    server.client_secret = "changed"
    _, to_do = forget(credential)
    assert "Atlassian did not revoke it" in to_do
    assert "take the consent back at https://id.atlassian.com/manage-profile/apps" in to_do
    assert Vault.default().list() == []


def test_a_login_that_cannot_be_deleted_is_no_logout(
    revoking: tuple[AuthorizationServer, CredentialId], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bool:
        raise Unavailable("the disk is read-only")

    monkeypatch.setattr(Vault, "delete", fail)
    with pytest.raises(Unavailable):
        forget(revoking[1])
