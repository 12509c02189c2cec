"""Which login settings lead to, and under whose name each secret lies."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from typing_extensions import override

from connector_kit.credentials import required
from connector_kit.errors import NotConfigured
from connector_kit.oauth.profiles import JIRA, OAuthProfile
from connector_kit.oauth.settings import OAuthSettings, client_of, credential_of, manager_of
from connector_kit.secret_store import SecretKey, SecretStore
from connector_kit.testing.authorization_server import AuthorizationServer
from connector_kit.testing.logins import file_vault, loopback_profile

TOKEN_URL = "https://auth.example.com/token"


class ToySettings(OAuthSettings, service="toy"):
    url: str | None = required("The address of your site.")
    email: str | None = required("Your e-mail address.", login="token")
    api_token: SecretStr | None = required("An API token.", login="token")
    token_url: str = TOKEN_URL

    @override
    def oauth_profile(self) -> OAuthProfile:
        return loopback_profile(self.token_url, JIRA, name="toy", account=self.account)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(tmp_path))
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MCP_SUITE_KEYRING", "off")
    return tmp_path


def settings(**values: str) -> ToySettings:
    given = {f"TOY_{name.upper()}": value for name, value in values.items()}
    return ToySettings.load(environ={"MCP_SUITE_ENV_DIR": "/nowhere", **given})


def test_without_a_client_id_a_token_is_asked_for() -> None:
    toy = settings(url="https://toy.example.com")
    assert toy.login == "token"
    assert [item.variable for item in toy.missing()] == ["TOY_EMAIL", "TOY_API_TOKEN"]


def test_a_client_id_means_a_login_and_asks_for_no_token() -> None:
    toy = settings(client_id="app")
    assert toy.login == "oauth"
    assert [item.variable for item in toy.missing()] == ["TOY_URL"]
    assert [item.variable for item in settings(client_id="app", url="u").missing()] == ["TOY_CLIENT_SECRET"]
    assert settings(client_id="app", url="u", client_secret="s3cret-of-app").missing() == []
    assert settings(client_id="app", sandbox="1").missing() == []


def test_what_is_missing_is_told_with_the_command_that_asks_for_it() -> None:
    with pytest.raises(NotConfigured, match=r"mcp-suite auth login toy`.*TOY_SANDBOX=1"):
        settings().require()


def test_the_secret_of_the_app_belongs_to_the_host_that_takes_it() -> None:
    toy = settings(url="https://toy.example.com", client_id="app")
    SecretStore.default().set(SecretKey("toy", "app", "auth.example.com", "client_secret"), "s3cret-of-app")
    SecretStore.default().set(SecretKey("toy", "default", "toy.example.com", "api_token"), "a-token-of-old")
    toy.require()
    assert toy.client_secret == SecretStr("s3cret-of-app")
    assert toy.api_token is None
    elsewhere = settings(url="https://toy.example.com", client_id="app", token_url="https://other.example.com/token")
    elsewhere.resolve_secrets()
    assert elsewhere.client_secret is None


def test_a_refresh_token_is_not_looked_up_among_the_secrets() -> None:
    toy = settings(url="https://toy.example.com", client_id="app")
    assert toy.secret_key("refresh_token") is None
    assert settings(url="https://toy.example.com").secret_key("client_secret") is None


def test_logins_of_different_apps_and_accounts_are_kept_apart(folder: Path) -> None:
    file = folder / ".env.toy.work"
    file.write_text("TOY_URL=https://toy.example.com\nTOY_CLIENT_ID=app\n", "utf-8")
    file.chmod(0o600)
    usual, work = settings(url="u", client_id="app"), ToySettings.load(account="work", environ={})
    other = settings(url="u", client_id="another")
    names = {credential_of(each) for each in (usual, work, other)}
    assert len(names) == 3
    assert {name.host for name in names} == {"auth.example.com"}
    assert work.login_command == "mcp-suite auth login toy --account work" == work.oauth_profile().command


@pytest.mark.anyio
async def test_a_refresh_token_from_a_variable_is_taken_up_and_its_successor_kept(folder: Path) -> None:
    vault = file_vault(folder / "vault")
    with AuthorizationServer() as server:
        given = server.grant("read:jira-work").refresh_token or ""
        toy = settings(
            url="u",
            client_id="client-1",
            client_secret="client-secret-1",
            refresh_token=given,
            redirect_uri="http://127.0.0.1:1/callback",
            token_url=server.token_url,
        )
        assert client_of(toy).redirect_uri == "http://127.0.0.1:1/callback"
        first = manager_of(toy, vault=vault)
        assert server.accepts(await first.access_token())
        assert await first.granted() == ("read:jira-work",)
        second = manager_of(toy, vault=vault)
        assert await second.access_token() == await first.access_token()
        assert server.count("refreshed") == 1


def test_a_token_beside_an_app_is_told_to_be_of_no_use() -> None:
    toy = settings(url="u", client_id="app", api_token="a-token-of-old")
    assert toy.unknown_variables() == ["TOY_API_TOKEN is not used, because TOY_CLIENT_ID is set"]
    assert settings(url="u", api_token="a-token").unknown_variables() == []
